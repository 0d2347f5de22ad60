import { beforeEach, describe, expect, it } from 'vitest';
import { Mirror, type TideChange } from '../../../src/cache/tide/mirror.js';

const SINCE = 100;

describe('Mirror', () => {
  let mirror: Mirror;

  beforeEach(() => {
    mirror = new Mirror(3);
    mirror.begin('g', SINCE);
  });

  /** The next change, unless it is said otherwise. */
  const change = (fields: readonly string[], rest: Partial<TideChange> = {}): TideChange => {
    const { previous = mirror.clock, clock = previous + 10 } = rest;
    return { generation: 'g', kind: 'hard', to: clock, fields, ...rest, previous, clock };
  };
  /** What it says of an entry with the tag `m:a`. */
  const check = (start: number, { generation = 'g', checkedAt = -Infinity, tag = 'm:a' } = {}) =>
    mirror.check(generation, [{ tag, start }], checkedAt);

  it('knows nothing before it begins', () => {
    const other = new Mirror();
    expect(other.generation).toBeUndefined();
    expect(other.check('g', [], 1)).toBeUndefined();
    expect(other.apply(change(['m:a']))).toBe('gap');
    // Of the empty generation nothing is.
    expect(other.reading()).toMatchObject({ generation: '', clock: 0 });
  });

  it('begins empty, where the tide was', () => {
    mirror.apply(change(['m:a']));
    mirror.begin('h', 500);
    expect([mirror.generation, mirror.clock, mirror.since, mirror.size]).toEqual(['h', 500, 500, 0]);
  });

  describe('check', () => {
    it('ends what started before a mark of its tag or of a prefix, and nothing else', () => {
      mirror.apply(change(['m:a']));
      expect([check(109), check(110)]).toEqual(['invalid', 'valid']);
      expect([check(109, { tag: 'm:a:deeper' }), check(109, { tag: 'm:b' })]).toEqual(['invalid', 'valid']);
    });

    it('takes a soft mark for the end of freshness alone', () => {
      mirror.apply(change(['m:a'], { kind: 'soft' }));
      expect([check(109), check(110)]).toEqual(['soft', 'valid']);
    });

    it('can not tell of what is older than it, unless that was found valid since', () => {
      expect([check(SINCE), check(SINCE - 1)]).toEqual(['valid', undefined]);
      expect(check(SINCE - 1, { checkedAt: SINCE })).toBe('valid');
      expect(check(SINCE - 1, { checkedAt: SINCE - 1 })).toBeUndefined();
    });

    it('can not tell where one part is older, whatever the others are', () => {
      const tags = [
        { tag: 'm:a', start: SINCE },
        { tag: 'm:b', start: SINCE - 1 },
      ];
      expect(mirror.check('g', tags, -Infinity)).toBeUndefined();
    });

    it('ends what was found valid, by a mark that came later', () => {
      mirror.apply(change(['m:a']));
      expect(check(SINCE - 1, { checkedAt: SINCE })).toBe('invalid');
    });

    it('believes nothing of another generation', () => {
      expect(check(1_000, { generation: 'other', checkedAt: 1_000 })).toBe('invalid');
    });
  });

  describe('apply', () => {
    it('takes the change that follows, a tick too', () => {
      expect(mirror.apply(change(['m:a']))).toBe('applied');
      expect(mirror.apply(change([]))).toBe('applied');
      expect([mirror.clock, mirror.size]).toEqual([120, 1]);
    });

    it('ignores what it knows, and what was before it began', () => {
      mirror.apply(change(['m:a']));
      expect(mirror.apply(change(['m:b'], { previous: SINCE }))).toBe('old');
      expect(mirror.apply(change(['m:b'], { previous: 50 }))).toBe('old');
      expect([mirror.generation, mirror.clock, mirror.size]).toEqual(['g', 110, 1]);
    });

    it.each([
      ['a change before it is missing', { previous: SINCE + 1 }],
      ['the generation is another one', { generation: 'h' }],
    ])('is broken where %s, until it begins again', (_, rest) => {
      mirror.apply(change(['m:b']));
      expect(mirror.apply(change(['m:a'], { previous: mirror.clock, ...rest, clock: 200 }))).toBe('gap');
      expect([mirror.generation, mirror.size, check(1_000)]).toEqual([undefined, 0, undefined]);
      expect(mirror.apply(change(['m:a'], { clock: 300 }))).toBe('gap');
      mirror.begin('g', 400);
      expect(mirror.apply(change(['m:a']))).toBe('applied');
    });

    it('can be told that changes are missing', () => {
      mirror.break();
      expect([mirror.generation, check(1_000), mirror.apply(change([]))]).toEqual([undefined, undefined, 'gap']);
    });

    it('raises to what the change says, and never lowers a mark', () => {
      mirror.apply(change(['m:a'], { to: 104 }));
      expect([check(103), check(104)]).toEqual(['invalid', 'valid']);
      mirror.apply(change(['m:a'], { to: 102 }));
      expect(check(103)).toBe('invalid');
    });

    it('keeps hard and soft marks of a field side by side', () => {
      mirror.apply(change(['m:a'], { kind: 'soft' }));
      mirror.apply(change(['m:a'], { kind: 'hard', to: 105 }));
      expect([check(104), check(105), check(110)]).toEqual(['invalid', 'soft', 'valid']);
      mirror.apply(change(['m:a'], { kind: 'soft' }));
      expect(mirror.reading().marks.get('m:a')).toMatchObject({ hard: 105, soft: 130 });
    });
  });

  it('is read with its beginning as the floor', () => {
    mirror.apply(change(['m:a']));
    expect(mirror.reading()).toMatchObject({ generation: 'g', clock: 110, floor: SINCE });
  });

  describe('forgets', () => {
    it('the marks that were touched longest ago where there are too many, and can not tell of so old values then', () => {
      for (const field of ['m:a', 'm:b', 'm:a', 'm:c']) mirror.apply(change([field]));
      expect([mirror.size, mirror.since]).toEqual([3, SINCE]);
      mirror.apply(change(['m:d']));
      // Of m:b, raised at 120: m:a was touched after it.
      expect([mirror.size, mirror.since]).toEqual([3, 120]);
      expect([check(129), check(119, { tag: 'm:b' }), check(120, { tag: 'm:b' })]).toEqual([
        'invalid',
        undefined,
        'valid',
      ]);
    });

    it('by the clock of the change, where a mark was raised to less', () => {
      mirror.apply(change(['m:a'], { to: 101 }));
      mirror.forgetBefore(111);
      expect([mirror.size, mirror.since]).toEqual([0, 110]);
    });

    it('what no change has touched since, and nothing else', () => {
      mirror.apply(change(['m:a']));
      mirror.apply(change(['m:b']));
      mirror.forgetBefore(110);
      expect([mirror.size, mirror.since]).toEqual([2, SINCE]);
      mirror.forgetBefore(111);
      expect([mirror.size, mirror.since]).toEqual([1, 110]);
      // What was found valid before must be looked at anew.
      expect(check(SINCE - 1, { checkedAt: SINCE })).toBeUndefined();
    });
  });
});
