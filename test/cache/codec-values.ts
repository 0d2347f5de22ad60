import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { Entry } from '../../src/cache/entry.js';

/** Every form that an entry can be written in. */
export const FORMS = [
  { packed: false, deflated: false },
  { packed: false, deflated: true },
  { packed: true, deflated: false },
  { packed: true, deflated: true },
] as const;

export function entryOf(value: unknown): Entry {
  return {
    generation: 'g',
    start: 1_764_000_000_000_000,
    tags: [
      { tag: 'm.x:analysis:BTC-USD:M5', start: 1_764_000_000_000_000 },
      { tag: 'm.x:candles:BTC-USD:M5', start: 1_763_999_999_999_999 },
    ],
    freshMs: 1.5,
    jitterMs: 0.5,
    staleForMs: 2,
    staleIfErrorMs: 3,
    keepForMs: 4,
    alone: 'ttl',
    costMs: 5,
    value,
  };
}

/** Text of any UTF-16 units, halves of surrogate pairs too. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', '\0', '\ud800', 'a\udfff', '\ud83d\ude00', '\u2028', 'é'.repeat(70), '\ud800'.repeat(70)),
);

/** Names that JavaScript, the codec or msgpackr use for something themselves, and any others. */
const name = fc.oneof(
  text,
  fc.constantFrom('__proto__', '__keys__', 'constructor', 'prototype', 'toJSON', 'hasOwnProperty', 'valueOf', 'then'),
  fc.constantFrom('', '0', '1', '-1', 'a', 'b', 'c', 'a b', '$', '$$', '$date', '$$date', '$object', '$undefined'),
);

const bytes = fc.uint8Array({ maxLength: 20 });

/** Everything that a value may be made of. */
export const anyValue = fc.letrec<{ value: unknown }>((tie) => {
  const entries = fc.array(fc.tuple(name, tie('value')), { maxLength: 4 });
  return {
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      fc.constantFrom(
        null,
        undefined,
        true,
        false,
        NaN,
        Infinity,
        -Infinity,
        -0,
        0,
        2 ** 53,
        -(2 ** 31),
        2 ** 32,
        5e-324,
      ),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double(),
      text,
      // The invalid one has a test of its own: isDeepStrictEqual of older Nodes finds it unequal to itself.
      fc.date({ noInvalidDate: true }),
      fc.bigInt(),
      fc.double().map((n) => new Decimal(n)),
      bytes.map((units) => Buffer.from(units)),
      bytes,
      fc.array(tie('value'), { maxLength: 4 }),
      entries.map((members) => Object.fromEntries(members)),
      entries.map((members) => Object.setPrototypeOf(Object.fromEntries(members), null) as unknown),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)),
    ),
  };
}).value;
