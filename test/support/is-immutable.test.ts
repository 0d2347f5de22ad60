import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/support/deep-freeze.js';
import { isImmutable } from '../../src/support/is-immutable.js';

class Money {
  amount = 1;
}
const circle: { self?: unknown } = {};
circle.self = Object.freeze([circle]);
Object.freeze(circle);

describe('isImmutable', () => {
  it('is true of plain data once it is frozen whole, and only then', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(isImmutable(value)).toBe(typeof value !== 'object' || value === null);
        expect(isImmutable(deepFreeze(value))).toBe(true);
      }),
    );
  });

  it.each([
    undefined,
    null,
    1,
    1n,
    'x',
    true,
    new Decimal('0.1'),
    Object.freeze(Object.setPrototypeOf({ a: 1 }, null) as unknown),
  ])('is true of %s', (value) => {
    expect(isImmutable(value)).toBe(true);
    expect(isImmutable(deepFreeze([{ value }]))).toBe(true);
  });

  it.each<[string, unknown]>([
    ['a frozen Date', Object.freeze(new Date(0))],
    ['a frozen Map', Object.freeze(new Map())],
    ['a frozen Set', Object.freeze(new Set())],
    ['a Buffer', Buffer.from('a')],
    ['bytes', Uint8Array.of(1)],
    ['an instance of a class', Object.freeze(new Money())],
    ['an array of a class', Object.freeze(new (class Row extends Array<number> {})())],
    ['a function', Object.freeze(() => 1)],
    ['a circle, of which it would never know', circle],
  ])('is false of %s', (_name, value) => {
    expect(isImmutable(value)).toBe(false);
    expect(isImmutable(Object.freeze({ value }))).toBe(false);
    expect(isImmutable(Object.freeze([1, Object.freeze([value])]))).toBe(false);
  });

  it('is false of what is frozen only above', () => {
    expect(isImmutable(Object.freeze({ rows: [1] }))).toBe(false);
    expect(isImmutable(Object.freeze([Object.freeze({ a: {} })]))).toBe(false);
  });
});
