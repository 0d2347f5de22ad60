import type { Invalidation } from '../cache/index.js';
import { invalidate } from '../field-cache/index.js';
import { badInput } from '../support/gateway-error.js';
import { builder } from './builder.js';

const InvalidationStatusEnum = builder.enumType('InvalidationStatus', {
  description: 'Whether an invalidation is in force.',
  values: {
    DONE: { description: 'From now on nobody is served a value from before it.' },
    PENDING: {
      description: 'Redis is away: this gateway serves nothing from before it, the others will not once Redis is back.',
    },
  } as const,
});

const CacheClearanceType = builder.objectRef<Invalidation>('CacheClearance').implement({
  description: 'What a clearing of the cache did.',
  fields: (t) => ({
    tags: t.stringList({ description: 'As asked for.', resolve: ({ tags }) => [...tags] }),
    status: t.field({
      type: InvalidationStatusEnum,
      description: 'Whether it is in force.',
      resolve: ({ status }) => status,
    }),
    clock: t.exposeString('clock', {
      nullable: true,
      description: "The cache clock's value of it; null while pending.",
    }),
  }),
});

const MAX_TAGS = 100;
const TAG = /^[^\s\p{C}]{1,200}$/u;

builder.mutationField('clearCacheTags', (t) =>
  t.field({
    type: CacheClearanceType,
    authScopes: { admin: true },
    description:
      'Ends every value that carries one of the tags or is made of one that does. A tag stands for all below it, whole levels alone: analysis:BTC-USD ends analysis:BTC-USD:M5, and ana ends nothing.',
    args: {
      tags: t.arg.stringList({
        required: true,
        description:
          '1 to 100 tags or prefixes of tags; a trailing :* is the prefix, * everything, source:api and source:database an origin. Values in tags are URI-encoded: analysis:NSE%3AINFY.',
      }),
      soft: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Only end their freshness: they may still be served stale while they are refreshed.',
      }),
    },
    resolve: (_, { tags, soft }, context) => {
      if (tags.length < 1 || tags.length > MAX_TAGS) throw badInput('tags', `has 1 to ${MAX_TAGS} tags`, tags.length);
      const wrong = tags.find((tag) => !TAG.test(tag));
      if (wrong !== undefined) throw badInput('tags', 'each has 1 to 200 characters, none of them a space', wrong);
      return invalidate(context, tags, { kind: soft ? 'soft' : 'hard' });
    },
  }),
);

builder.mutationField('clearCache', (t) =>
  t.field({
    type: CacheClearanceType,
    authScopes: { admin: true },
    description: "Ends every value of this gateway's market and database.",
    resolve: (_, __, context) => invalidate(context, ['*']),
  }),
);
