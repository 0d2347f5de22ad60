import { Decimal } from 'decimal.js';
import type { Entry } from './entry.js';

/** Of the envelope and of how values are written in it. An entry of another version is a miss. */
export const CODEC_VERSION = 1;

/**
 * `VERSION GENERATION START\n` and then JSON. The first line is what a store compares before it lets one entry replace another.
 * Date, BigInt, Decimal, NaN and the infinities come back as what they were; members that are undefined are left out.
 */
export function encodeEntry(entry: Entry): Buffer {
  const { generation, start, tags, value, ...rest } = entry;
  const body = { ...rest, tags: tags.map(({ tag, start: at }) => [tag, at]) };
  return Buffer.from(`${CODEC_VERSION} ${generation} ${start}\n${JSON.stringify(body)}\n${encodeValue(value)}`);
}

/** The entry, or undefined where the bytes are of another version or no entry at all. */
export function decodeEntry(bytes: Buffer): Entry | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    // Half an entry is none: it is computed anew, and replaced.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON in which `{"$date": …}` and its like stand for what JSON has not; a value's own keys that begin with $ get a second one. */
export function encodeValue(value: unknown): string {
  return JSON.stringify(value === undefined ? null : value, replace);
}

export function decodeValue(text: string): unknown {
  // Reviving visits every node; most values hold nothing to revive.
  return text.includes('"$') ? JSON.parse(text, revive) : JSON.parse(text);
}

type EncodedBody = Omit<Entry, 'generation' | 'start' | 'tags' | 'value'> & {
  readonly tags: readonly [string, number][];
};

/** Private */
function decode(bytes: Buffer): Entry | undefined {
  const headEnd = bytes.indexOf(10);
  const bodyEnd = bytes.indexOf(10, headEnd + 1);
  if (headEnd < 0 || bodyEnd < 0) return undefined;
  const [version, generation, start] = bytes.toString('latin1', 0, headEnd).split(' ');
  if (version !== String(CODEC_VERSION) || generation === undefined || start === undefined) return undefined;
  const body = JSON.parse(bytes.toString('utf8', headEnd + 1, bodyEnd)) as EncodedBody;
  return {
    ...body,
    generation,
    start: Number(start),
    tags: body.tags.map(([tag, at]) => ({ tag, start: at })),
    value: decodeValue(bytes.toString('utf8', bodyEnd + 1)),
  };
}

/** Private: `this[key]` is the value before Date and Decimal turn themselves into strings. */
function replace(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key];
  if (raw instanceof Date) return { $date: Number.isNaN(raw.getTime()) ? null : raw.getTime() };
  if (Decimal.isDecimal(raw)) return { $decimal: raw.valueOf() };
  if (typeof raw === 'bigint') return { $bigint: raw.toString() };
  if (typeof raw === 'number' && !Number.isFinite(raw)) return { $number: String(raw) };
  if (Object.is(raw, -0)) return { $number: '-0' };
  return isPlainObject(raw) && Object.keys(raw).some(isDollar) ? renameKeys(raw, (name) => `$${name}`) : value;
}

/** Private: innermost first, so that what is inside is whole already. */
function revive(_key: string, value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  const names = Object.keys(value).filter(isDollar);
  const name = names[0];
  if (name === undefined) return value;
  if (name.startsWith('$$')) return renameKeys(value, (escaped) => escaped.slice(1));
  const inner = value[name];
  if (name === '$date') return new Date(inner === null ? NaN : Number(inner));
  if (name === '$decimal') return new Decimal(String(inner));
  if (name === '$bigint') return BigInt(String(inner));
  return Number(inner);
}

/** Private */
function renameKeys(value: Record<string, unknown>, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [isDollar(name) ? rename(name) : name, member]),
  );
}

/** Private */
function isDollar(name: string): boolean {
  return name.startsWith('$');
}

/** Private */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
