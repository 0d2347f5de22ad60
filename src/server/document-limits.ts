import { EnvelopArmor } from '@escape.tech/graphql-armor';
import type { Plugin } from 'graphql-yoga';
import { useComplexityLimit } from './complexity-limit.js';
import { useDocumentSize } from './document-size.js';
import { useOperationName } from './operation-name.js';
import type { RequestContext } from './request-context.js';

export const MAX_DEPTH = 12;
export const MAX_ALIASES = 60;
export const MAX_DIRECTIVES = 50;

/** What bounds a document before it is executed, in the order in which a request meets it. */
export function documentLimits(): Plugin<RequestContext>[] {
  const { plugins } = new EnvelopArmor({
    maxDepth: { n: MAX_DEPTH, flattenFragments: true },
    maxAliases: { n: MAX_ALIASES },
    maxDirectives: { n: MAX_DIRECTIVES },
    // It says neither how many there are nor how deep they lie.
    maxTokens: { enabled: false },
    // It counts first and limit but not the length of lists.
    costLimit: { enabled: false },
    // Outside production suggestions help.
    blockFieldSuggestion: { enabled: false },
  }).protect();
  return [useDocumentSize(), useOperationName(), ...(plugins as Plugin<RequestContext>[]), useComplexityLimit()];
}
