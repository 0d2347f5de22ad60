import { Decimal } from 'decimal.js';

/**
 * What a decoded value costs on the heap of V8, 64 bits without pointer compression, in bytes: within a quarter of the truth for trading
 * data (test/cache/memory/estimate-bytes.test.ts measures it). A walk in a tenth of the time that JSON.parse takes for the value. For
 * trees: what is reached twice counts twice, and a cycle never ends. What many values share is not counted: names of members, and short
 * words. Asked of a value as it will be kept: freezing an array of numbers triples it.
 */
export function estimateBytes(value: unknown): number {
  switch (typeof value) {
    case 'number':
      return isSmallInteger(value) ? 0 : HEAP_NUMBER_BYTES;
    case 'string':
      return stringBytes(value);
    case 'bigint':
      return bigintBytes(value);
    case 'object':
      return value === null ? 0 : objectBytes(value);
    case 'boolean':
    case 'undefined':
    case 'function':
    case 'symbol':
      return 0;
  }
}

const WORD = 8;
const HEAP_NUMBER_BYTES = 2 * WORD;
/** Map, properties, elements; the members follow, a word each. */
const OBJECT_BYTES = 3 * WORD;
/** The object with its length, and the head of its elements. */
const ARRAY_BYTES = 6 * WORD;
/** JSON.parse keeps equal strings up to this length once, for all values. */
const SHARED_LENGTH = 10;
/** From so many members on V8 keeps an object as a hash table. */
const DICTIONARY_MEMBERS = 128;
const DATE_BYTES = 14 * WORD;
/** The view with its ArrayBuffer, beside the bytes themselves. */
const VIEW_BYTES = 24 * WORD;
/** Nearly all of it: its digits are an array that was grown by push, with room for 17. */
const DECIMAL_BYTES = 30 * WORD;
/** The object and its table's head. */
const TABLE_BYTES = 9 * WORD;

/** Private: plain objects first, they are most. Of a class that is not known, its members count. */
function objectBytes(value: object): number {
  if (Array.isArray(value)) return arrayBytes(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) {
    if (value instanceof Date) return DATE_BYTES;
    if (Decimal.isDecimal(value)) return DECIMAL_BYTES;
    if (value instanceof Map) return mapBytes(value);
    if (value instanceof Set) return setBytes(value);
    if (ArrayBuffer.isView(value)) return VIEW_BYTES + value.byteLength;
  }
  return membersBytes(value as Readonly<Record<string, unknown>>);
}

/** Private: an array of numbers alone holds them itself, until it is frozen: then each that is no small integer becomes an object. */
function arrayBytes(values: readonly unknown[]): number {
  let bytes = 0;
  let unboxed = !Object.isFrozen(values);
  for (const value of values) {
    unboxed &&= typeof value === 'number';
    bytes += estimateBytes(value);
  }
  return ARRAY_BYTES + values.length * WORD + (unboxed ? 0 : bytes);
}

/** Private: `for in` because Object.entries costs four times as much. */
function membersBytes(value: Readonly<Record<string, unknown>>): number {
  let members = 0;
  let bytes = OBJECT_BYTES;
  for (const name in value) {
    members += 1;
    bytes += estimateBytes(value[name]);
  }
  return bytes + WORD * (members < DICTIONARY_MEMBERS ? members : 3 * powerOfTwoFrom(members * 1.5));
}

/** Private: one byte a character up to Latin-1, two where any is beyond it. */
function stringBytes(text: string): number {
  if (text.length <= SHARED_LENGTH && !isAmount(text)) return 0;
  let width = 1;
  for (let i = 0; i < text.length && width === 1; i += 1) if (text.charCodeAt(i) > 0xff) width = 2;
  return inWords(2 * WORD + text.length * width);
}

/** Private: begins like a number. Short words (BTC-USD, HIGH) are few and shared, amounts are like no other. */
function isAmount(text: string): boolean {
  return text >= '-' && text < ':';
}

/** Private */
function bigintBytes(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) return 3 * WORD;
  return inWords(2 * WORD + value.toString(16).length / 2);
}

/** Private */
function mapBytes(map: ReadonlyMap<unknown, unknown>): number {
  let bytes = TABLE_BYTES + 3.5 * WORD * powerOfTwoFrom(Math.max(map.size, 4));
  for (const [key, value] of map) bytes += estimateBytes(key) + estimateBytes(value);
  return bytes;
}

/** Private */
function setBytes(set: ReadonlySet<unknown>): number {
  let bytes = TABLE_BYTES + 2.5 * WORD * powerOfTwoFrom(Math.max(set.size, 4));
  for (const member of set) bytes += estimateBytes(member);
  return bytes;
}

/** Private: 32 bits and a sign, which stand in a word themselves. */
function isSmallInteger(value: number): boolean {
  return (value | 0) === value;
}

/** Private */
function inWords(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD;
}

/** Private: the least power of two that is not below. */
function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
