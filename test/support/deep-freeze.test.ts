import { describe, expect, it } from 'vitest';
import { deepFreeze } from '../../src/support/deep-freeze.js';

describe('deepFreeze', () => {
  it('freezes all the way down and hands back what it was given', () => {
    const value = { rows: [{ price: 1, tags: ['a'] }], none: null };
    expect(deepFreeze(value)).toBe(value);
    for (const part of [value, value.rows, value.rows[0], value.rows[0]?.tags]) expect(part).toSatisfy(Object.isFrozen);
  });

  it('goes on below what somebody else froze, or froze before it', () => {
    const inner = { price: 1 };
    deepFreeze(Object.freeze({ rows: Object.freeze([inner]) }));
    expect(inner).toSatisfy(Object.isFrozen);
    const [other, whole] = [{ price: 2 }, deepFreeze({ price: 3 })];
    deepFreeze(Object.freeze([whole, other]));
    expect(other).toSatisfy(Object.isFrozen);
  });

  it('does not walk again what it froze whole', () => {
    let walks = 0;
    const watched = new Proxy([1], {
      ownKeys: (target) => {
        walks += 1;
        return Reflect.ownKeys(target);
      },
    });
    const part = deepFreeze({ watched });
    const before = walks;
    deepFreeze({ a: part, b: [part] });
    expect(before).toBeGreaterThan(0);
    expect(walks).toBe(before);
  });

  it('ends where a value contains itself, frozen or not', () => {
    const circle: { self?: unknown; rows: { at: unknown }[] } = { rows: [{ at: undefined }] };
    circle.self = circle;
    circle.rows.push({ at: circle.rows });
    deepFreeze(circle);
    expect(circle.rows[1]).toSatisfy(Object.isFrozen);
    const frozen: unknown[] = [];
    frozen.push(frozen, { below: frozen });
    deepFreeze(Object.freeze(frozen));
    expect(frozen[1]).toSatisfy(Object.isFrozen);
  });

  it('ends where parts are shared many times over', () => {
    let value: unknown[] = [];
    for (let i = 0; i < 60; i += 1) value = [value, value];
    expect(deepFreeze(value)).toSatisfy(Object.isFrozen);
  });

  it('leaves alone what freezing would break or not reach', () => {
    const value = { bytes: Buffer.from('a'), at: new Date(0), map: new Map([['k', {}]]), of: new (class Money {})() };
    deepFreeze(value);
    expect(value.bytes.fill(0)[0]).toBe(0);
    expect(Object.isFrozen(value.of)).toBe(false);
    expect(deepFreeze(Object.setPrototypeOf({ a: 1 }, null))).toSatisfy(Object.isFrozen);
  });
});
