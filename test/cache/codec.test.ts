import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, decodeValue, encodeEntry, encodeValue } from '../../src/cache/codec.js';
import type { Entry } from '../../src/cache/entry.js';

/** Everything that a value may hold; keys that begin with $ too, which the codec itself uses. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.date({ noInvalidDate: false }),
    fc.bigInt(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => new Decimal(n)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('$date', '$decimal', '$bigint', '$number', '$$date', '$')),
      tie('value'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).value;

const entry: Entry = {
  generation: 'g',
  start: 1_764_000_000_000_000,
  tags: [{ tag: 'm.x:analysis:BTC-USD:M5', start: 1_764_000_000_000_000 }],
  freshMs: 1.5,
  staleForMs: 2,
  staleIfErrorMs: 3,
  keepForMs: 4,
  costMs: 5,
  value: { price: 1, at: new Date(0) },
};

describe('codec', () => {
  it('gives back every value as what it was', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(decodeValue(encodeValue(given))).toStrictEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves out what is undefined', () => {
    expect(decodeValue(encodeValue({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 });
    expect(decodeValue(encodeValue(undefined))).toBeNull();
  });

  it('gives back an entry whole', () => {
    expect(decodeEntry(encodeEntry(entry))).toStrictEqual(entry);
  });

  it('begins with a line that a store can compare', () => {
    expect(encodeEntry(entry).toString().split('\n')[0]).toBe('1 g 1764000000000000');
  });

  it.each(['', 'x', '1 g', '2 g 1\n{}\n1', 'g 1\n{}\n1', '\n\n', '1 g 1\n{\n1', '1 g 1\n{"tags":[]}\n{'])(
    'takes %j for no entry',
    (text) => {
      expect(decodeEntry(Buffer.from(text))).toBeUndefined();
    },
  );
});
