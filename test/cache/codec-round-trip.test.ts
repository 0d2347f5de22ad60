import { isDeepStrictEqual } from 'node:util';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from '../../src/cache/codec.js';
import { anyValue, entryOf, FORMS } from './codec-values.js';

describe.each(FORMS)('a value written packed: $packed, deflated: $deflated', (form) => {
  const roundTrip = (value: unknown): unknown => {
    const entry = decodeEntry(encodeEntry(entryOf(value), form));
    if (!entry) throw new Error('It was not read.');
    return entry.value;
  };

  it('comes back as what it was', () => {
    fc.assert(
      fc.property(anyValue, (value) => isDeepStrictEqual(roundTrip(value), value)),
      { numRuns: 2_000 },
    );
  });

  it('comes back as what it was among many of its kind', () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 5, maxLength: 40 }), (values) => {
        const value = { rows: [...values, ...values, ...values] };
        return isDeepStrictEqual(roundTrip(value), value);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['members and elements that are undefined', { a: undefined, b: [undefined, 1], c: {} }],
    ['minus zero', [-0, 0]],
    ['what is no finite number', [NaN, Infinity, -Infinity]],
    ['dates before and after all', [new Date(-8.64e15), new Date(8.64e15), new Date(-1)]],
    ['long integers', [2n ** 64n, -(2n ** 200n), 0n, -1n]],
    [
      'decimals',
      ['-0', 'NaN', '-Infinity', '1e-9000', '0.1', '123456789012345678901234567890.5'].map((d) => new Decimal(d)),
    ],
    ['bytes', [Buffer.from([0, 255, 10]), Uint8Array.of(1, 2), Buffer.alloc(0)]],
    ['a part of a larger buffer', Buffer.from('abcdef').subarray(2, 4)],
    ['nested maps and sets', new Map<unknown, unknown>([[{ k: 1 }, new Set([new Map([[NaN, [undefined]]])])]])],
    ['half a surrogate pair, short and long', ['\ud800', 'x'.repeat(100) + '\udfff', { '\udfff': 1 }]],
    ['the null character', ['\0', { '\0': '\0\0' }]],
    ['its own escapes', [{ $date: 0 }, { $$date: 1, b: 2 }, { $object: [] }, { $: { $number: 'NaN' } }]],
    ['an object of one class of names', JSON.parse('{"__proto__":{"a":1},"constructor":1,"":2,"__keys__":[3]}')],
    ['names that begin alike', [{ a: 1, __keys__: 1 }, { a: 1 }, { a: 1, __keys__: 1 }, { a: 1, constructor: 1 }]],
    ['objects without a prototype', Object.setPrototypeOf({ a: 1 }, null)],
  ])('keeps %s', (_name, value) => {
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });

  it('keeps an invalid date', () => {
    expect(roundTrip({ at: [new Date(NaN)] })).toStrictEqual({ at: [new Date(NaN)] });
  });

  it('makes undefined of what is missing in an array', () => {
    expect(roundTrip(new Array(2))).toStrictEqual([undefined, undefined]);
  });

  it('keeps the order of members, entries and elements', () => {
    const value = {
      z: 1,
      a: new Map([
        ['y', 1],
        ['b', 2],
      ]),
      $: 3,
      m: new Set(['q', 'c']),
    };
    const read = roundTrip(value) as typeof value;
    expect(Object.keys(read)).toEqual(['z', 'a', '$', 'm']);
    expect([...read.a.keys(), ...read.m]).toEqual(['y', 'b', 'q', 'c']);
  });

  it('leaves the value that it writes as it is', () => {
    const value = Object.freeze({ at: Object.freeze([new Date(1), undefined]), $: 1 });
    roundTrip(value);
    expect(value).toStrictEqual({ at: [new Date(1), undefined], $: 1 });
  });
});
