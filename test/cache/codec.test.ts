import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, MAX_ENTRY_BYTES, UnstorableError } from '../../src/cache/codec.js';
import { entryOf, FORMS } from './codec-values.js';

/** What the scripts of the stores take the first line apart with, in the words of JavaScript. */
const FIRST_LINE = /^\d+ (\S+) (\d+)\n/;

const candles = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ time: i * 60_000, open: i + 0.25, close: i / 7, closed: i < count - 1 }));

describe('codec', () => {
  it.each(FORMS)('gives back an entry whole, packed: $packed, deflated: $deflated', (form) => {
    const entry = entryOf({ symbol: 'BTC-USD', candles: candles(50), at: new Date(0) });
    expect(decodeEntry(encodeEntry(entry, form))).toStrictEqual(entry);
  });

  it.each(FORMS)("gives back a failure in a value's place, packed: $packed, deflated: $deflated", (form) => {
    const details = { argument: 'symbol', received: [1n, undefined], $: 1 };
    const entry = {
      ...entryOf(null),
      failure: { code: 'NOT_FOUND', message: 'No such symbol.', details },
    } as const;
    expect(decodeEntry(encodeEntry(entry, form))).toStrictEqual(entry);
    const plain = {
      ...entryOf(undefined),
      failure: { code: 'NOT_FOUND', message: 'No such symbol.', details: {} },
    } as const;
    expect(decodeEntry(encodeEntry(plain, form))).toStrictEqual(plain);
  });

  it.each(FORMS)('begins with a line that a store can compare, packed: $packed, deflated: $deflated', (form) => {
    const bytes = encodeEntry(entryOf(candles(50)), form);
    expect(FIRST_LINE.exec(bytes.toString('latin1'))?.slice(1)).toEqual(['g', '1764000000000000']);
  });

  it('writes small values so that they can be read by eye, larger ones packed, and long ones deflated', () => {
    const bytesOf = (value: unknown, form?: (typeof FORMS)[number]) => encodeEntry(entryOf(value), form);
    const [small, large, long] = [candles(3), candles(200), candles(2_000)];
    expect(bytesOf(small).equals(bytesOf(small, { packed: false, deflated: false }))).toBe(true);
    expect(bytesOf(large).equals(bytesOf(large, { packed: true, deflated: false }))).toBe(true);
    expect(bytesOf(long).equals(bytesOf(long, { packed: true, deflated: true }))).toBe(true);
    expect(bytesOf(small).toString('latin1')).toContain('"time":60000');
    expect(bytesOf(large).length).toBeLessThan(JSON.stringify(large).length / 2);
    expect(bytesOf(long).length).toBeLessThan(JSON.stringify(long).length / 4);
  });

  it('shares no memory with what it wrote or read before', () => {
    const first = encodeEntry(entryOf(candles(200)));
    const kept = Buffer.from(first);
    for (let i = 0; i < 20; i += 1) encodeEntry(entryOf(candles(300 + i)));
    expect(first).toEqual(kept);
    const read = decodeEntry(first)?.value;
    first.fill(0);
    expect(read).toEqual(candles(200));
  });

  it('writes as many shapes of objects as there are', () => {
    const shapes = Array.from({ length: 3_000 }, (_, i) => ({ [`a${i % 1_000}`]: i, [`b${i % 700}`]: i, c: { d: i } }));
    for (const form of FORMS) expect(decodeEntry(encodeEntry(entryOf(shapes), form))?.value).toStrictEqual(shapes);
  });

  it.each(FORMS)('takes an entry of the greatest length and refuses a longer one, packed: $packed', (form) => {
    const room = MAX_ENTRY_BYTES - 400;
    expect(decodeEntry(encodeEntry(entryOf('x'.repeat(room)), form))?.value).toHaveLength(room);
    for (const length of [MAX_ENTRY_BYTES - 10, MAX_ENTRY_BYTES, 10 * MAX_ENTRY_BYTES]) {
      const tooLong = () => encodeEntry(entryOf('x'.repeat(length)), form);
      expect(tooLong).toThrow(UnstorableError);
      expect(tooLong).toThrow(/at most 2097152 bytes, but got/);
    }
  });

  it('refuses what is far too long before it writes it', () => {
    const encode = () => encodeEntry(entryOf({ rows: ['x', 'x'.repeat(10 * MAX_ENTRY_BYTES)] }));
    expect(encode).toThrow(/at most 2097152 bytes, but got more, up to value\.rows\[1\]\./);
  });

  it('refuses a value that shares its parts so often that it would never end', () => {
    let value: unknown = 1;
    for (let i = 0; i < 60; i += 1) value = [value, value];
    expect(() => encodeEntry(entryOf(value))).toThrow(/at most 2097152 bytes, but got more/);
  });

  class Money {
    readonly amount = 1;
  }
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const Rounded = Decimal.clone({ precision: 3 });

  it.each<[string, unknown, RegExp]>([
    [
      'an instance of a class',
      { pairs: [{ price: new Money() }] },
      /an instance of Money at value\.pairs\[0\]\.price\./,
    ],
    ['a function', { then: () => 1 }, /a function at value\.then\./],
    ['a symbol', [Symbol('x')], /a symbol at value\[0\]\./],
    ['a member named by a symbol', { [Symbol('x')]: 1 }, /a member named by a symbol at value\./],
    ['a boxed primitive', { n: Object(1) as unknown }, /an instance of Number at value\.n\./],
    ['an error', [new RangeError('x')], /an instance of RangeError/],
    ['an array of a class', [new (class Row extends Array<number> {})()], /an instance of Row/],
    ['a date of a class', [new (class Day extends Date {})()], /an instance of Day/],
    ['a map of a class', [new (class Index extends Map {})()], /an instance of Index/],
    ['a number array', [new Float64Array(2)], /an instance of Float64Array/],
    ['a Decimal that rounds by rules of its own', [new Rounded(1)], /an instance of Decimal/],
    ['a value in a Map', { m: new Map([['k', new Money()]]) }, /an instance of Money at value\.m/],
    ['a promise', { p: Promise.resolve(1) }, /an instance of Promise at value\.p\./],
    ['a circle', circle, /at most 200 levels deep, but got more at value\.self\.self/],
  ])('refuses %s, naming the place', (_name, value, message) => {
    const encode = () => encodeEntry(entryOf(value));
    expect(encode).toThrow(UnstorableError);
    expect(encode).toThrow(message);
    expect(encode).toThrow(TypeError);
  });
});
