const PLACEHOLDER = /\{\$(args|parent|viewer)(?:\.(\w+(?:\.\w+)*))?\}/g;

/** What a template is filled from. `viewer` is the viewer's id. */
export interface TagValues {
  readonly args: Readonly<Record<string, unknown>>;
  readonly parent?: Readonly<Record<string, unknown>> | undefined;
  readonly viewer?: string | undefined;
}

/** A name that a template takes a value from, such as `$args.symbol`, or of an input object `$args.input.symbol`. */
export interface TagReference {
  readonly source: 'args' | 'parent' | 'viewer';
  /** The first one: `input`. */
  readonly name: string | undefined;
}

/** The names that `template` takes values from; used to refuse unknown ones when the schema is built. */
export function tagReferences(template: string): TagReference[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => ({
    source: match[1] as TagReference['source'],
    name: match[2]?.split('.')[0],
  }));
}

/**
 * Fills `analysis:{$args.symbol}:{$args.timeframe}`. Values are URI-encoded, so that a colon in one is no new level of the tag; a
 * list makes one tag of each item.
 */
export function fillTag(template: string, values: TagValues): string[] {
  let tags = [''];
  let rest = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const literal = template.slice(rest, match.index);
    const found = lookUp(match[1] as TagReference['source'], match[2], values);
    const items = Array.isArray(found) ? found : [found];
    tags = tags.flatMap((tag) => items.map((item) => tag + literal + encode(String(item))));
    rest = match.index + match[0].length;
  }
  return tags.map((tag) => tag + template.slice(rest));
}

/** Private */
function lookUp(source: TagReference['source'], path: string | undefined, values: TagValues): unknown {
  if (source === 'viewer') return values.viewer;
  let found: unknown = path === undefined ? undefined : values[source];
  for (const name of path?.split('.') ?? []) found = (found as Readonly<Record<string, unknown>> | undefined)?.[name];
  return found;
}

/** Private: half a surrogate pair has no encoding, and is no reason to fail. A star would be the tag of everything. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replaceAll('*', '%2A');
}
