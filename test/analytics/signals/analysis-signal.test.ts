import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeDow, type DowDegree } from '../../../src/analytics/dow/analyze-dow.js';
import type { Trend } from '../../../src/analytics/dow/structure.js';
import {
  deriveSignal,
  signalFacts,
  type AnalysisSignal,
  type SignalFacts,
} from '../../../src/analytics/signals/analysis-signal.js';
import { analyzeVolume } from '../../../src/analytics/volume/analyze-volume.js';
import type { EffortResult } from '../../../src/analytics/volume/effort-result.js';
import {
  analyzeWyckoff,
  type WyckoffEventKind,
  type WyckoffPhase,
} from '../../../src/analytics/wyckoff/analyze-wyckoff.js';
import { aggregate } from '../../../src/market/aggregate.js';
import { candleAt } from '../support/candles.js';
import { hasHourlySeries, readHourlySeries } from '../support/shared-data.js';

const DEGREES: readonly DowDegree[] = ['MINOR', 'SECONDARY', 'PRIMARY'];

/** What a table of cases varies. */
interface Case {
  readonly trend: Trend;
  readonly trendConfidence: number;
  readonly primary: Trend;
  readonly phase: WyckoffPhase;
  readonly phaseConfidence: number;
  /** With their times. */
  readonly events: readonly (readonly [WyckoffEventKind, number])[];
  readonly cmf: number | null;
  readonly effort: EffortResult;
  /** Of the last candle, against the usual; null where there is no usual. */
  readonly relativeVolume: number | null;
  /** The close against a mean of 200 closes of 100; null without that mean. */
  readonly aboveMean: number | null;
  readonly rsi: number | null;
}

/** No evidence of any kind. */
const SILENT: Case = {
  ...{ trend: 'UNKNOWN', trendConfidence: 0, primary: 'UNKNOWN', phase: 'UNKNOWN', phaseConfidence: 0, events: [] },
  ...{ cmf: null, effort: 'NEUTRAL', relativeVolume: null, aboveMean: null, rsi: null },
};
/** All of it. */
const ALL: Case = {
  ...{ trend: 'UP', trendConfidence: 1, primary: 'UP', phase: 'MARKUP', phaseConfidence: 1, events: [['SOS', 1_000]] },
  ...{ cmf: 0.3, effort: 'BULLISH_ABSORPTION', relativeVolume: 2, aboveMean: 4, rsi: 25 },
};
/** From then on an event counts. */
const SINCE = 1_000;

function factsOf(given: Partial<Case>): SignalFacts {
  const of = { ...SILENT, ...given };
  return {
    price: 100 + (of.aboveMean ?? 0),
    sma200: of.aboveMean === null ? null : 100,
    rsi14: of.rsi,
    recentSince: SINCE,
    dow: {
      trend: of.trend,
      confidence: of.trendConfidence,
      degrees: DEGREES.map((degree) => ({ degree, trend: degree === 'PRIMARY' ? of.primary : of.trend })),
    },
    wyckoff: {
      phase: of.phase,
      confidence: of.phaseConfidence,
      events: of.events.map(([kind, time]) => ({ kind, time, price: 100 })),
    },
    volume: { cmf: of.cmf, relativeVolume: of.relativeVolume, effortResult: of.effort },
  };
}

function signalOf(given: Partial<Case>): AnalysisSignal {
  return deriveSignal(factsOf(given));
}

/** The reasons that are evidence. */
function evidenceOf({ reasons }: AnalysisSignal): string[] {
  return reasons.filter((reason) => !reason.startsWith('The evidence '));
}

/** What the reasons say that they add up to. */
function pointsOf(signal: AnalysisSignal): number {
  return evidenceOf(signal).reduce((sum, reason) => sum + Number(/ \(([+-]\d+)\)\.$/.exec(reason)?.[1]), 0);
}

const MIRRORED_TREND: Readonly<Record<Trend, Trend>> = {
  ...{ UP: 'DOWN', DOWN: 'UP', SIDEWAYS: 'SIDEWAYS', UNKNOWN: 'UNKNOWN' },
};
const MIRRORED_PHASE: Readonly<Record<WyckoffPhase, WyckoffPhase>> = {
  ...{ ACCUMULATION: 'DISTRIBUTION', DISTRIBUTION: 'ACCUMULATION', MARKUP: 'MARKDOWN', MARKDOWN: 'MARKUP' },
  ...{ RANGE: 'RANGE', TRANSITION: 'TRANSITION', UNKNOWN: 'UNKNOWN' },
};
const MIRRORED_EVENT: Readonly<Record<WyckoffEventKind, WyckoffEventKind>> = {
  ...{ SC: 'BC', BC: 'SC', SPRING: 'UPTHRUST', UPTHRUST: 'SPRING', SOS: 'SOW', SOW: 'SOS', LPS: 'LPSY', LPSY: 'LPS' },
  ...{ AR: 'AR', ST: 'ST' },
};
const MIRRORED_EFFORT: Readonly<Record<EffortResult, EffortResult>> = {
  ...{ BULLISH_ABSORPTION: 'BEARISH_ABSORPTION', BEARISH_ABSORPTION: 'BULLISH_ABSORPTION' },
  ...{ CONFIRMED: 'CONFIRMED', EASY_MOVE: 'EASY_MOVE', NEUTRAL: 'NEUTRAL' },
};

/** Up for down, and in for out. */
function mirror(given: Case): Case {
  return {
    ...given,
    trend: MIRRORED_TREND[given.trend],
    primary: MIRRORED_TREND[given.primary],
    phase: MIRRORED_PHASE[given.phase],
    events: given.events.map(([kind, time]) => [MIRRORED_EVENT[kind], time] as const),
    cmf: given.cmf === null ? null : -given.cmf,
    effort: MIRRORED_EFFORT[given.effort],
    aboveMean: given.aboveMean === null ? null : -given.aboveMean,
    rsi: given.rsi === null ? null : 100 - given.rsi,
  };
}

describe('the evidence of a signal', () => {
  it.each<[string, Partial<Case>]>([
    ['The Dow trend is UP with confidence 1.00 (+25).', { trend: 'UP', trendConfidence: 1 }],
    ['The Dow trend is UP with confidence 0.70 (+18).', { trend: 'UP', trendConfidence: 0.7 }],
    ['The Dow trend is DOWN with confidence 0.70 (-18).', { trend: 'DOWN', trendConfidence: 0.7 }],
    ['The primary Dow trend is UP (+10).', { primary: 'UP' }],
    ['The primary Dow trend is DOWN (-10).', { primary: 'DOWN' }],
    ['The Wyckoff phase is ACCUMULATION with confidence 0.55 (+11).', { phase: 'ACCUMULATION', phaseConfidence: 0.55 }],
    ['The Wyckoff phase is MARKUP with confidence 0.55 (+11).', { phase: 'MARKUP', phaseConfidence: 0.55 }],
    ['The Wyckoff phase is DISTRIBUTION with confidence 0.55 (-11).', { phase: 'DISTRIBUTION', phaseConfidence: 0.55 }],
    ['The Wyckoff phase is MARKDOWN with confidence 1.00 (-20).', { phase: 'MARKDOWN', phaseConfidence: 1 }],
    ['The latest Wyckoff sign in 20 candles is SPRING (+15).', { events: [['SPRING', SINCE]] }],
    ['The latest Wyckoff sign in 20 candles is SOS (+15).', { events: [['SOS', SINCE]] }],
    ['The latest Wyckoff sign in 20 candles is LPS (+15).', { events: [['LPS', SINCE]] }],
    ['The latest Wyckoff sign in 20 candles is UPTHRUST (-15).', { events: [['UPTHRUST', SINCE]] }],
    ['The latest Wyckoff sign in 20 candles is SOW (-15).', { events: [['SOW', SINCE]] }],
    ['The latest Wyckoff sign in 20 candles is LPSY (-15).', { events: [['LPSY', SINCE]] }],
    ['The Chaikin money flow is 0.25 (+10).', { cmf: 0.25 }],
    ['The Chaikin money flow is 0.90 (+10).', { cmf: 0.9 }],
    ['The Chaikin money flow is -0.10 (-4).', { cmf: -0.1 }],
    [
      'The last candle is a BULLISH_ABSORPTION of 2.3 times the usual volume (+5).',
      { effort: 'BULLISH_ABSORPTION', relativeVolume: 2.34 },
    ],
    [
      'The last candle is a BEARISH_ABSORPTION of 2.0 times the usual volume (-5).',
      { effort: 'BEARISH_ABSORPTION', relativeVolume: 2 },
    ],
    ['The close is 3.5 % above the mean of 200 (+10).', { aboveMean: 3.5 }],
    ['The close is 3.5 % below the mean of 200 (-10).', { aboveMean: -3.5 }],
    ['The relative strength index is 30.0, oversold (+5).', { rsi: 30 }],
    ['The relative strength index is 70.0, overbought (-5).', { rsi: 70 }],
  ])('is told as "%s"', (reason, given) => {
    expect(evidenceOf(signalOf(given))).toEqual([reason]);
  });

  it.each<[string, Partial<Case>]>([
    ['a trend sideways', { trend: 'SIDEWAYS', trendConfidence: 0.4, primary: 'SIDEWAYS' }],
    ['a range after neither rise nor fall', { phase: 'RANGE', phaseConfidence: 0.4 }],
    ['a transition', { phase: 'TRANSITION', phaseConfidence: 0.4 }],
    ['a selling climax', { events: [['SC', SINCE]] }],
    ['a buying climax', { events: [['BC', SINCE]] }],
    ['an automatic rally', { events: [['AR', SINCE]] }],
    ['a secondary test', { events: [['ST', SINCE]] }],
    ['a sign of long ago', { events: [['SPRING', SINCE - 1]] }],
    ['next to no money flow', { cmf: 0.01 }],
    ['a move that volume confirms', { effort: 'CONFIRMED', relativeVolume: 2 }],
    ['a close at the mean', { aboveMean: 0 }],
    ['an RSI over the lower bound', { rsi: 30.1 }],
    ['an RSI under the upper bound', { rsi: 69.9 }],
  ])('is not %s', (_, given) => {
    expect(evidenceOf(signalOf(given))).toEqual([]);
  });

  it('has the latest sign alone, whatever came after it that is none', () => {
    const events = [
      ['SPRING', SINCE],
      ['SOW', SINCE + 1],
      ['ST', SINCE + 2],
    ] as const;
    expect(evidenceOf(signalOf({ events }))).toEqual(['The latest Wyckoff sign in 20 candles is SOW (-15).']);
  });

  it('is told with the weightiest first', () => {
    const points = evidenceOf(signalOf(ALL)).map((reason) => Number(/\((.+)\)/.exec(reason)?.[1]));
    expect(points).toEqual([25, 20, 15, 10, 10, 10, 5, 5]);
  });
});

describe('deriveSignal', () => {
  it('is BUY with strength 1 where all there is speaks for it', () => {
    expect(signalOf(ALL)).toMatchObject({ action: 'BUY', strength: 1 });
  });

  it('is HOLD with strength 0 without evidence, and says so', () => {
    expect(signalOf({})).toEqual({
      action: 'HOLD',
      strength: 0,
      reasons: ['The evidence leans by 0 of 100 points, and 25 make an action.'],
    });
  });

  it('is an action from 25 points, HOLD below', () => {
    expect(signalOf({ trend: 'DOWN', trendConfidence: 1 })).toMatchObject({ action: 'SELL', strength: 0.25 });
    expect(signalOf({ trend: 'DOWN', trendConfidence: 0.96 })).toEqual({
      action: 'HOLD',
      strength: 0.24,
      reasons: [
        'The Dow trend is DOWN with confidence 0.96 (-24).',
        'The evidence leans by 24 of 100 points, and 25 make an action.',
      ],
    });
  });

  it('is an action with three times the points of the other side, HOLD with less', () => {
    const up: Partial<Case> = { trend: 'UP', trendConfidence: 1, primary: 'UP', cmf: 0.25 };
    expect(signalOf({ ...up, events: [['SOW', SINCE]] })).toMatchObject({ action: 'BUY', strength: 0.3 });
    const divided = signalOf({ ...up, phase: 'MARKDOWN', phaseConfidence: 0.8 });
    expect(divided).toMatchObject({ action: 'HOLD', strength: 0.29 });
    expect(divided.reasons.at(-1)).toBe('The evidence is divided: 45 points for BUY, 16 for SELL.');
  });

  it('is HOLD where both sides have the same', () => {
    expect(signalOf({ trend: 'UP', trendConfidence: 0.6, events: [['UPTHRUST', SINCE]] })).toMatchObject({
      action: 'HOLD',
      strength: 0,
    });
  });
});

describe('deriveSignal of any facts', () => {
  const trends = fc.constantFrom(...Object.values(MIRRORED_TREND));
  const tenths = fc.nat(10).map((count) => count / 10);
  const kinds = fc.constantFrom(...Object.values(MIRRORED_EVENT));
  const cases = fc.record<Case>({
    trend: trends,
    trendConfidence: tenths,
    primary: trends,
    phase: fc.constantFrom(...Object.values(MIRRORED_PHASE)),
    phaseConfidence: fc.nat(20).map((count) => count / 20),
    events: fc.array(fc.tuple(kinds, fc.integer({ min: SINCE - 3, max: SINCE + 9 })), { maxLength: 4 }),
    cmf: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
    effort: fc.constantFrom(...Object.values(MIRRORED_EFFORT)),
    relativeVolume: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
    aboveMean: fc.option(fc.integer({ min: -50, max: 50 })),
    rsi: fc.option(fc.nat(100)),
  });

  it('has a strength from 0 to 1 that its reasons add up to', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const signal = signalOf(given);
        expect(signal.strength).toBeGreaterThanOrEqual(0);
        expect(signal.strength).toBeLessThanOrEqual(1);
        expect(Math.abs(pointsOf(signal)) / 100).toBe(signal.strength);
        if (signal.action === 'BUY') expect(pointsOf(signal)).toBeGreaterThanOrEqual(25);
        if (signal.action === 'SELL') expect(pointsOf(signal)).toBeLessThanOrEqual(-25);
        expect(JSON.parse(JSON.stringify(signal))).toEqual(signal);
      }),
    );
  });

  it('is mirrored by mirrored facts', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const [signal, mirrored] = [signalOf(given), signalOf(mirror(given))];
        expect(mirrored.action).toBe({ BUY: 'SELL', SELL: 'BUY', HOLD: 'HOLD' }[signal.action]);
        expect(mirrored.strength).toBe(signal.strength);
        expect(pointsOf(mirrored)).toBe(signal.strength === 0 ? 0 : -pointsOf(signal));
        expect(mirrored.reasons).toHaveLength(signal.reasons.length);
      }),
    );
  });
});

describe('signalFacts', () => {
  const readings = factsOf({});
  const candles = (count: number) => Array.from({ length: count }, (_, index) => candleAt(index, 100 + (index % 2)));

  it('gives the last close, its mean of 200 and its relative strength', () => {
    const early = Array.from({ length: 50 }, (_, index) => candleAt(index, 900));
    const facts = signalFacts([...early, ...candles(200)], readings);
    expect(facts).toMatchObject({ price: 101, sma200: 100.5 });
    expect(facts.rsi14).toBeCloseTo(52, 0);
  });

  it('counts the events of the last 20 candles', () => {
    expect(signalFacts(candles(250), readings).recentSince).toBe(candleAt(230, 1).time);
    expect(signalFacts(candles(20), readings).recentSince).toBe(candleAt(0, 1).time);
  });

  it('gives null for what is not warm, and counts all events', () => {
    const cold = { price: 100, sma200: null, rsi14: null, recentSince: -Infinity };
    expect(signalFacts(candles(1), readings)).toMatchObject(cold);
  });

  it('refuses to be asked without a candle', () => {
    expect(() => signalFacts([], readings)).toThrow(RangeError);
  });
});

describe.skipIf(!hasHourlySeries)('deriveSignal over 15 pairs (needs ../shared/data/binance_1h_2023)', () => {
  it('takes either side and none, each in a tenth of the analyses at least, and never half of them either side', () => {
    const actions = readHourlySeries().flatMap((hourly) => {
      const candles = aggregate(hourly, 'H4', Infinity);
      return [500, 900, 1_300, 1_700, 2_100].map((end) => {
        const given = candles.slice(end - 500, end);
        const volume = analyzeVolume(given, 'H4');
        return deriveSignal(signalFacts(given, { dow: analyzeDow(given), wyckoff: analyzeWyckoff(given), volume }))
          .action;
      });
    });
    const share = (action: string) => actions.filter((each) => each === action).length / actions.length;
    expect(actions).toHaveLength(75);
    expect(share('HOLD')).toBeGreaterThan(0.1);
    for (const action of ['BUY', 'SELL']) {
      expect(share(action)).toBeGreaterThan(0.1);
      expect(share(action)).toBeLessThan(0.5);
    }
  });
});
