/**
 * JSON with the keys of every object in order, so that equal values give equal text whatever the order they were
 * built in. `undefined` members are left out, as JSON does; what JSON cannot say (a function, a symbol) throws.
 */
export function stableStringify(value: unknown): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${String(value)}"`;
  if (typeof value === 'bigint') return `"${value}n"`;
  if (typeof value !== 'object') throw new TypeError(`A key holds JSON values, but got: ${typeof value}`);
  if (Array.isArray(value)) return `[${value.map(stableStringify).join(',')}]`;
  if (value instanceof Date) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, member]) => `${JSON.stringify(name)}:${stableStringify(member)}`);
  return `{${members.join(',')}}`;
}
