import { builder } from './builder.js';
import { badInput } from '../support/gateway-error.js';

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface Edge<N> {
  readonly cursor: string;
  readonly node: N;
}

/** A page of a Relay connection (relay.dev/graphql/connections.htm), forward only. */
export interface Connection<N> {
  readonly edges: readonly Edge<N>[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

export const PageInfoType = builder.objectRef<PageInfo>('PageInfo').implement({
  description: 'Where a page lies in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether more follows.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether something lies before.' }),
    startCursor: t.exposeString('startCursor', {
      nullable: true,
      description: 'Of the first edge; null for an empty page.',
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'Of the last edge: send it as after for the next page.',
    }),
  }),
});

/** The page of `first` nodes after the one whose cursor is `after`. A cursor names its node by `idOf`, so that it survives insertions. */
export function paginate<N>(
  nodes: readonly N[],
  { first, after }: { readonly first: number; readonly after?: string | null | undefined },
  idOf: (node: N) => string,
): Connection<N> {
  const begin = after == null ? 0 : positionAfter(nodes, after, idOf);
  const page = nodes.slice(begin, begin + first).map((node) => ({ cursor: toCursor(idOf(node)), node }));
  return {
    edges: page,
    totalCount: nodes.length,
    pageInfo: {
      hasNextPage: begin + page.length < nodes.length,
      hasPreviousPage: begin > 0,
      startCursor: page[0]?.cursor ?? null,
      endCursor: page.at(-1)?.cursor ?? null,
    },
  };
}

/** Private */
function positionAfter<N>(nodes: readonly N[], after: string, idOf: (node: N) => string): number {
  const position = nodes.findIndex((node) => toCursor(idOf(node)) === after);
  if (position < 0) throw badInput('after', 'is the cursor of an edge of this list', after);
  return position + 1;
}

/** Private: opaque, so that nobody builds one. */
function toCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}
