import type { Candle } from '../../market/candle.js';
import type { DowAnalysis } from '../dow/analyze-dow.js';
import type { Trend } from '../dow/structure.js';
import { relativeStrengthIndex } from '../indicators/relative-strength-index.js';
import { simpleMovingAverage } from '../indicators/simple-moving-average.js';
import type { VolumeAnalysis } from '../volume/analyze-volume.js';
import type { EffortResult } from '../volume/effort-result.js';
import type { WyckoffAnalysis, WyckoffEventKind, WyckoffPhase } from '../wyckoff/analyze-wyckoff.js';

export type SignalAction = 'BUY' | 'SELL' | 'HOLD';

/** Which way the evidence leans, and what it is. Plain JSON. It adds up what the candles show and foretells nothing. */
export interface AnalysisSignal {
  readonly action: SignalAction;
  /** 0 (no evidence, or as much on either side) to 1 (all there can be on one side): the points that are left over, of 100. */
  readonly strength: number;
  /** A sentence for each evidence, the weightiest first, with its points: above 0 for BUY, below for SELL. HOLD ends with why it is none. */
  readonly reasons: readonly string[];
}

/** What has been read from the same candles. */
export interface Readings {
  readonly dow: Pick<DowAnalysis, 'trend' | 'confidence' | 'degrees'>;
  readonly wyckoff: Pick<WyckoffAnalysis, 'phase' | 'confidence' | 'events'>;
  readonly volume: Pick<VolumeAnalysis, 'cmf' | 'relativeVolume' | 'effortResult'>;
}

/** All that a signal rests on. What is not warm is null and no evidence. */
export interface SignalFacts extends Readings {
  /** The last close. */
  readonly price: number;
  readonly sma200: number | null;
  readonly rsi14: number | null;
  /** Opening time of the first candle whose Wyckoff events still count, ms since the epoch. */
  readonly recentSince: number;
}

/** The most points of each kind of evidence, 100 together. Trend and phase have theirs in proportion to their confidence. */
const POINTS = {
  trend: 25,
  primaryTrend: 10,
  phase: 20,
  event: 15,
  moneyFlow: 10,
  average: 10,
  absorption: 5,
  extreme: 5,
} as const;
/** The points left over from which there is an action. */
const ACTION_POINTS = 25;
/** How many times the points of the other side an action needs. */
const TIMES_AGAINST = 3;
/** How many candles a Wyckoff event counts. */
const RECENT_CANDLES = 20;
/** The Chaikin money flow from which it has all its points; below it has them in proportion. */
const FULL_MONEY_FLOW = 0.25;
/** Wilder's bounds of what is oversold and overbought. */
const OVERSOLD = 30;
const OVERBOUGHT = 70;

/** 1 speaks for BUY, -1 for SELL, 0 for neither. */
type Side = -1 | 0 | 1;

const SIDE_OF_TREND: Readonly<Record<Trend, Side>> = { UP: 1, DOWN: -1, SIDEWAYS: 0, UNKNOWN: 0 };
const SIDE_OF_PHASE: Readonly<Record<WyckoffPhase, Side>> = {
  ACCUMULATION: 1,
  MARKUP: 1,
  DISTRIBUTION: -1,
  MARKDOWN: -1,
  RANGE: 0,
  TRANSITION: 0,
  UNKNOWN: 0,
};
/** Of the signs of strength and of weakness; climaxes, and what follows them, tell of an end but not of a side. */
const SIDE_OF_EVENT: Readonly<Record<WyckoffEventKind, Side>> = {
  SPRING: 1,
  SOS: 1,
  LPS: 1,
  UPTHRUST: -1,
  SOW: -1,
  LPSY: -1,
  SC: 0,
  BC: 0,
  AR: 0,
  ST: 0,
};
/** Much volume that carried the close nowhere was taken up by the other side; a move by itself is in the trend already. */
const SIDE_OF_EFFORT: Readonly<Record<EffortResult, Side>> = {
  BULLISH_ABSORPTION: 1,
  BEARISH_ABSORPTION: -1,
  CONFIRMED: 0,
  EASY_MOVE: 0,
  NEUTRAL: 0,
};

/** Private: whole points, so that they add up exactly; above 0 for BUY, below for SELL. */
interface Evidence {
  readonly points: number;
  readonly says: string;
}

/** The facts of closed, ascending candles, one at least, and of what has been read from them. */
export function signalFacts(candles: readonly Candle[], readings: Readings): SignalFacts {
  const closes = candles.map(({ close }) => close);
  const price = closes.at(-1);
  if (price === undefined) throw new RangeError('A signal needs at least one closed candle, but got: none');
  return {
    ...readings,
    price,
    sma200: simpleMovingAverage(closes.slice(-200), 200).at(-1) ?? null,
    rsi14: relativeStrengthIndex(closes).at(-1) ?? null,
    recentSince: candles.at(-RECENT_CANDLES)?.time ?? -Infinity,
  };
}

/**
 * Adds up evidence in whole points and says which side has more: an action where {@link ACTION_POINTS} are left over and the side has
 * {@link TIMES_AGAINST} times the points of the other, HOLD where the evidence is weaker or divided. Facts mirrored (up for down) give
 * the mirrored signal. The weights are a choice; nothing says that acting on them pays.
 */
export function deriveSignal(facts: SignalFacts): AnalysisSignal {
  const evidence = evidenceIn(facts).filter(({ points }) => points !== 0);
  const forBuy = sumOf(evidence.filter(({ points }) => points > 0));
  const forSell = -sumOf(evidence.filter(({ points }) => points < 0));
  const left = Math.abs(forBuy - forSell);
  const against = whyHold(forBuy, forSell);
  const sorted = evidence.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const reasons = sorted.map(({ points, says }) => `${says} (${points > 0 ? '+' : ''}${points}).`);
  return {
    action: against !== undefined ? 'HOLD' : forBuy > forSell ? 'BUY' : 'SELL',
    strength: left / 100,
    reasons: against === undefined ? reasons : [...reasons, against],
  };
}

/** Private */
function sumOf(evidence: readonly Evidence[]): number {
  return evidence.reduce((sum, { points }) => sum + points, 0);
}

/** Private: why so many points on either side are no action; undefined where they are one. */
function whyHold(forBuy: number, forSell: number): string | undefined {
  const left = Math.abs(forBuy - forSell);
  if (left < ACTION_POINTS) return `The evidence leans by ${left} of 100 points, and ${ACTION_POINTS} make an action.`;
  const isDivided = TIMES_AGAINST * Math.min(forBuy, forSell) > Math.max(forBuy, forSell);
  return isDivided ? `The evidence is divided: ${forBuy} points for BUY, ${forSell} for SELL.` : undefined;
}

/** Private: all of it, also what has no points. */
function evidenceIn(facts: SignalFacts): Evidence[] {
  return [...ofDow(facts), ...ofWyckoff(facts), ...ofVolume(facts), ...ofPrice(facts)];
}

/** Private: points in proportion to `share`, 0 to 1. Rounded without the sign, so that mirrored evidence has mirrored points. */
function weigh(side: number, most: number, share: number, says: string): Evidence {
  return { points: Math.sign(side) * Math.round(most * share), says };
}

/** Private */
function ofDow({ dow: { trend, confidence, degrees } }: SignalFacts): Evidence[] {
  const primary = degrees.find(({ degree }) => degree === 'PRIMARY')?.trend ?? 'UNKNOWN';
  return [
    weigh(
      SIDE_OF_TREND[trend],
      POINTS.trend,
      confidence,
      `The Dow trend is ${trend} with confidence ${confidence.toFixed(2)}`,
    ),
    weigh(SIDE_OF_TREND[primary], POINTS.primaryTrend, 1, `The primary Dow trend is ${primary}`),
  ];
}

/** Private */
function ofWyckoff({ wyckoff: { phase, confidence, events }, recentSince }: SignalFacts): Evidence[] {
  const latest = events.findLast(({ time, kind }) => time >= recentSince && SIDE_OF_EVENT[kind] !== 0);
  const says = `The Wyckoff phase is ${phase} with confidence ${confidence.toFixed(2)}`;
  const ofPhase = weigh(SIDE_OF_PHASE[phase], POINTS.phase, confidence, says);
  if (!latest) return [ofPhase];
  const sign = `The latest Wyckoff sign in ${RECENT_CANDLES} candles is ${latest.kind}`;
  return [ofPhase, weigh(SIDE_OF_EVENT[latest.kind], POINTS.event, 1, sign)];
}

/** Private */
function ofVolume({ volume: { cmf, relativeVolume, effortResult } }: SignalFacts): Evidence[] {
  const found: Evidence[] = [];
  if (cmf !== null) {
    const share = Math.min(1, Math.abs(cmf) / FULL_MONEY_FLOW);
    found.push(weigh(cmf, POINTS.moneyFlow, share, `The Chaikin money flow is ${cmf.toFixed(2)}`));
  }
  if (relativeVolume !== null) {
    const says = `The last candle is a ${effortResult} of ${relativeVolume.toFixed(1)} times the usual volume`;
    found.push(weigh(SIDE_OF_EFFORT[effortResult], POINTS.absorption, 1, says));
  }
  return found;
}

/** Private */
function ofPrice({ price, sma200, rsi14 }: SignalFacts): Evidence[] {
  const found: Evidence[] = [];
  if (sma200 !== null && sma200 !== 0) {
    const percent = Math.abs(100 * (price / sma200 - 1)).toFixed(1);
    const says = `The close is ${percent} % ${price > sma200 ? 'above' : 'below'} the mean of 200`;
    found.push(weigh(price - sma200, POINTS.average, 1, says));
  }
  if (rsi14 !== null && (rsi14 <= OVERSOLD || rsi14 >= OVERBOUGHT)) {
    const isLow = rsi14 <= OVERSOLD;
    const says = `The relative strength index is ${rsi14.toFixed(1)}, ${isLow ? 'oversold' : 'overbought'}`;
    found.push(weigh(isLow ? 1 : -1, POINTS.extreme, 1, says));
  }
  return found;
}
