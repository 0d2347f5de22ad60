/** A tag with the clock captured before the computation that brought it. */
export interface TagStart {
  readonly tag: string;
  readonly start: number;
}

/**
 * The mark fields that end a tag: the tag itself and each of its prefixes, `m:analysis:BTC-USD:M5` giving `m`, `m:analysis`,
 * `m:analysis:btc-usd` and itself. Marks are kept in lower case: two tags that differ only by case share a mark, which
 * invalidates too much, never too little, and a symbol is found however it was typed.
 */
export function markFields(tag: string): readonly string[] {
  const known = fieldsOf.get(tag);
  if (known) return known;
  const lower = toField(tag);
  const fields: string[] = [];
  for (let end = lower.indexOf(':'); end >= 0; end = lower.indexOf(':', end + 1)) fields.push(lower.slice(0, end));
  fields.push(lower);
  if (fieldsOf.size >= REMEMBERED) fieldsOf.clear();
  if (tag.length <= LONGEST_REMEMBERED) fieldsOf.set(tag, fields);
  return fields;
}

/** How a tag's mark is named: in lower case, and in one line, as raises are told. */
export function toField(tag: string): string {
  return tag.toLowerCase().replaceAll('\n', ' ');
}

/** Union of tags; of a tag that comes twice the earlier start counts, which is the stricter. */
export function unionOfTags(...groups: readonly (readonly TagStart[])[]): TagStart[] {
  const starts = new Map<string, number>();
  for (const { tag, start } of groups.flat()) starts.set(tag, Math.min(start, starts.get(tag) ?? Infinity));
  return [...starts].map(([tag, start]) => ({ tag, start }));
}

/** Private: splitting is pure, and the same few thousand tags come again and again. */
const fieldsOf = new Map<string, readonly string[]>();
const REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 256;
