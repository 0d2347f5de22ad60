import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceSignalState,
  buildSignalState,
  continueSignalState,
  createSignalState,
  getLiveSignalValues,
  getSignalValues,
  type SignalState,
} from '../../../src/analytics/signals/signal-state.js';
import type { Candle } from '../../../src/market/candle.js';
import { deepFreeze } from '../../../src/support/deep-freeze.js';
import { candleAt, candlesOf } from '../support/candles.js';
import { naiveSignals } from './naive-signals.js';
import { differences, toldBy } from './signal-differences.js';

const SPAN = 498;

/** 150 closes of 100 and 50 of 91: the averages are 97.75 and 91, the fast one below. */
const BELOW = [...Array<number>(150).fill(100), ...Array<number>(50).fill(91)];
/** The next close that makes both averages 99.94: 50 of them 4,997, 200 of them 19,988. */
const TOUCHING = 538;

/** To shrink hundreds of closes takes minutes, and what is told of a difference is small already. */
const UNSHRUNK = { endOnFailure: true } as const;

const build = (closes: readonly number[], span = SPAN) => buildSignalState(candlesOf(closes), span);
const kindsOf = (state: SignalState) => state.crosses.map(({ kind }) => kind);

describe('the state of signals', () => {
  it('is warm with 50 and with 200 candles', () => {
    expect(getSignalValues(build(BELOW.slice(0, 49)))).toEqual({ ma50: null, ma200: null, trend: 'UNKNOWN' });
    expect(getSignalValues(build(BELOW.slice(0, 50)))).toEqual({ ma50: 100, ma200: null, trend: 'UNKNOWN' });
    expect(getSignalValues(build(BELOW.slice(0, 199)))).toMatchObject({ ma200: null, trend: 'UNKNOWN' });
    expect(getSignalValues(build(BELOW))).toEqual({ ma50: 91, ma200: 97.75, trend: 'DOWN' });
  });

  it('crosses on the close that brings the fast average over the slow one, and once', () => {
    // (49 x 91 + 1,000) / 50 = 109.18 and (149 x 100 + 50 x 91 + 1,000) / 200 = 102.25
    const state = build([...BELOW, 1_000, 91, 91]);
    expect(state.crosses).toEqual([{ kind: 'GOLDEN_CROSS', time: candleAt(200, 0).time, price: 1_000, from: 200 }]);
    expect(getSignalValues(build([...BELOW, 1_000]))).toEqual({ ma50: 109.18, ma200: 102.25, trend: 'UP' });
    expect(kindsOf(build([...BELOW, 1_000, ...Array<number>(50).fill(91)]))).toEqual(['GOLDEN_CROSS', 'DEATH_CROSS']);
  });

  it('has not crossed before both averages were there', () => {
    expect(kindsOf(build([...Array<number>(150).fill(91), ...Array<number>(50).fill(100)]))).toEqual([]);
  });

  it('takes equal averages for no cross, and the side that was before them for the side', () => {
    const touching = [...BELOW, TOUCHING];
    expect(getSignalValues(build(touching))).toEqual({ ma50: 99.94, ma200: 99.94, trend: 'SIDEWAYS' });
    expect(kindsOf(build(touching))).toEqual([]);
    expect(kindsOf(build([...touching, 0.5]))).toEqual([]);
    expect(build([...touching, 200]).crosses).toEqual([
      { kind: 'GOLDEN_CROSS', time: candleAt(201, 0).time, price: 200, from: 200 },
    ]);
  });

  it('makes nothing of closes that never move, whatever rounding makes of their sums', () => {
    const flat = build([...Array<number>(150).fill(0.7), ...Array<number>(700).fill(0.1)]);
    expect(kindsOf(flat)).toEqual([]);
    expect(getSignalValues(flat).trend).toBe('SIDEWAYS');
  });

  it('takes averages for equal that differ by what rounding made of them', () => {
    // Both are 0.12; the sum of floats of the last 50 says 0.12000000000000002.
    const state = build([...Array<number>(150).fill(0.12), ...Array<number[]>(25).fill([0.1, 0.14]).flat()]);
    expect(getSignalValues(state).ma50).not.toBe(getSignalValues(state).ma200);
    expect(getSignalValues(state).trend).toBe('SIDEWAYS');
  });

  it('forgets on which side the averages stood before they were equal for the whole span', () => {
    // Unequal until the last of the hundreds has left, on candle 349; then equal up to candle 460.
    const closes = [...BELOW, ...Array<number>(260).fill(91), 1_000];
    for (const [span, kinds] of [
      [311, []],
      [312, ['GOLDEN_CROSS']],
    ] as const) {
      expect(kindsOf(build(closes, span))).toEqual(kinds);
      expect(kindsOf(buildSignalState(candlesOf(closes).slice(-span), span))).toEqual(kinds);
    }
  });

  it('forgets a cross with the candles that show it', () => {
    const closes = [...BELOW, 1_000, ...Array<number>(800).fill(1_000)];
    const crossedAt = BELOW.length + 1;
    // The averages before the cross rest on the 200 candles up to the one before it.
    const known = closes.slice(0, crossedAt + SPAN - 201);
    expect(kindsOf(build(known))).toEqual(['GOLDEN_CROSS']);
    expect(kindsOf(buildSignalState(candlesOf(known).slice(-SPAN), SPAN))).toEqual(['GOLDEN_CROSS']);
    const forgotten = closes.slice(0, known.length + 1);
    expect(kindsOf(build(forgotten))).toEqual([]);
    expect(kindsOf(buildSignalState(candlesOf(forgotten).slice(-SPAN), SPAN))).toEqual([]);
  });

  it('passes over open candles where it is built, and refuses one that is open or not later where it is advanced', () => {
    const state = build(BELOW);
    const open = candleAt(200, 1_000, { closed: false });
    expect(buildSignalState([...candlesOf(BELOW), open], SPAN)).toEqual(state);
    expect(() => advanceSignalState(state, open)).toThrow(RangeError);
    expect(() => advanceSignalState(state, candleAt(199, 91))).toThrow(RangeError);
    expect(() => advanceSignalState(state, candleAt(198, 91))).toThrow(RangeError);
  });

  it.each([200, 0, 300.5, NaN, Infinity])('refuses a span of %d', (span) => {
    expect(() => createSignalState(span)).toThrow(
      new RangeError(`span must be a whole number above 200, but got: ${span}`),
    );
  });
});

describe('the state of signals over any series', () => {
  it('tells on every prefix what its last candles tell, saved as JSON and restored at any point', () => {
    let crosses = 0;
    let ties = 0;
    fc.assert(
      fc.property(arbitraryCloses(), arbitrarySpan(), arbitraryPoints(), (closes, span, restoredAt) => {
        const candles = candlesOf(closes);
        const naive = naiveSignals(candles, span);
        let state = createSignalState(span);
        const found = candles.flatMap((candle, i) => {
          state = advanceSignalState(state, candle);
          if (restoredAt.has(i)) state = JSON.parse(JSON.stringify(state)) as SignalState;
          const told = toldBy(state);
          crosses += told.crosses.length;
          ties += Number(told.trend === 'SIDEWAYS');
          const expected = naive[i];
          return expected ? differences(told, expected) : [`there is no candle ${i}`];
        });
        expect(found).toEqual([]);
        // To the last bit, too: what is restored is what was saved.
        expect(state).toEqual(buildSignalState(candles, span));
      }),
      { numRuns: 40, ...UNSHRUNK },
    );
    expect(crosses).toBeGreaterThan(100);
    expect(ties).toBeGreaterThan(100);
  });

  it('tells the same, from however far back it was built', () => {
    fc.assert(
      fc.property(arbitraryCloses(), arbitrarySpan(), fc.nat({ max: 120 }), (closes, span, more) => {
        const candles = candlesOf(closes);
        const fromFar = buildSignalState(candles, span);
        expect(differences(toldBy(buildSignalState(candles.slice(-span - more), span)), toldBy(fromFar))).toEqual([]);
      }),
      { numRuns: 100, ...UNSHRUNK },
    );
  });

  it('tells of a live candle what it would tell if that closed, and is left as it was', () => {
    fc.assert(
      fc.property(arbitraryCloses(), fc.integer({ min: 1, max: 200 }), (closes, price) => {
        const state = deepFreeze(build(closes));
        const kept = JSON.stringify(state);
        const live = candleAt(closes.length, price, { closed: false });
        const closed = advanceSignalState(state, { ...live, closed: true });
        expect(getLiveSignalValues(state, live)).toEqual(getSignalValues(closed));
        expect(JSON.stringify(state)).toBe(kept);
        expect(live.closed).toBe(false);
      }),
      { numRuns: 40, ...UNSHRUNK },
    );
  });
});

describe('continueSignalState', () => {
  const candles = candlesOf([...BELOW, 1_000, 91, 92, 93, 94]);
  const kept = buildSignalState(candles.slice(0, 200), SPAN);
  const newest = candles.slice(199);

  it('goes on from candles that begin with the last one', () => {
    const open = candleAt(205, 5, { closed: false });
    expect(continueSignalState(kept, [...newest, open])).toEqual(buildSignalState(candles, SPAN));
    expect(continueSignalState(kept, newest.slice(0, 1))).toEqual(kept);
  });

  it('goes on over buckets in which nothing traded', () => {
    const sparse = [...newest.slice(0, 1), ...newest.slice(3)];
    const expected = buildSignalState([...candles.slice(0, 200), ...candles.slice(202)], SPAN);
    expect(continueSignalState(kept, sparse)).toEqual(expected);
  });

  it.each(['time', 'open', 'high', 'low', 'close', 'volume'] as const)(
    'does not go on where the %s of the last one is another',
    (member) => {
      const [last, ...next] = newest;
      if (!last) throw new Error('There is no candle.');
      expect(continueSignalState(kept, [{ ...last, [member]: last[member] - 1 }, ...next])).toBeUndefined();
    },
  );

  it.each<[string, readonly Candle[]]>([
    ['the last one is missing', newest.slice(1)],
    ['nothing came', []],
    ['the last one is open again', newest.map((candle) => ({ ...candle, closed: false }))],
  ])('does not go on where %s', (_, fetched) => {
    expect(continueSignalState(kept, fetched)).toBeUndefined();
  });

  it('does not go on from nothing', () => {
    expect(continueSignalState(createSignalState(SPAN), newest)).toBeUndefined();
  });
});

/** Closes of few values, whose averages touch and cross often; and of any. */
function arbitraryCloses(): fc.Arbitrary<number[]> {
  const long = { minLength: 200, maxLength: 620, size: 'max' } as const;
  return fc.oneof(
    fc.array(fc.constantFrom(99, 100, 101), long),
    fc.array(fc.constantFrom(0.1, 0.12, 0.14), long),
    fc.array(fc.double({ min: 0.01, max: 90_000, noNaN: true }), long),
    // Flat for so long that the averages are equal over a whole span.
    fc.array(fc.constantFrom(7, 8), long).map((closes) => closes.map((close, i) => (i < 210 || i > 510 ? close : 7.5))),
  );
}

/** Private */
function arbitrarySpan(): fc.Arbitrary<number> {
  return fc.integer({ min: 201, max: 420 });
}

/** Private */
function arbitraryPoints(): fc.Arbitrary<Set<number>> {
  return fc.uniqueArray(fc.nat({ max: 620 }), { maxLength: 30 }).map((points) => new Set(points));
}
