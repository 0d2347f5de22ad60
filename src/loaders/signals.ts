import {
  buildSignalState,
  continueSignalState,
  getSignalValues,
  type CrossKind,
  type SignalState,
  type SignalValues,
} from '../analytics/signals/signal-state.js';
import type { PolicyOptions } from '../cache/index.js';
import type { Candle } from '../market/candle.js';
import type { CandleRequest, MarketData } from '../market/market-data.js';
import { bucketEnd, bucketStart, type Timeframe } from '../market/timeframe.js';
import { GatewayError } from '../support/gateway-error.js';
import { toError } from '../support/to-error.js';
import type { KnownMiss } from './instruments.js';
import { nextClose, seriesLength, untilNextClose } from './series.js';

/** That the averages of 50 and 200 closes crossed. The same cross has the same members wherever it is computed, and so the same id. */
export interface SignalEvent {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly kind: CrossKind;
  /** Opening time of the candle on whose close they crossed, ms since the epoch. */
  readonly time: number;
  /** That close. */
  readonly price: number;
}

/** How the averages of 50 and 200 closes stand after the last closed candle, and the state that the next ones advance. */
export interface Signal extends SignalValues {
  /** In the source's spelling. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Close of the last candle that was processed, ms since the epoch. */
  readonly lastProcessed: number;
  /** Crosses within the candles that a computation from nothing fetches, oldest first. */
  readonly events: readonly SignalEvent[];
  readonly nextClose: number | null;
  /** The last bucket has ended and the source has no candle of it: nothing traded in it, or the candle is late. */
  readonly isBehind: boolean;
  readonly state: SignalState;
}

/** How soon a candle that may be late is asked for again. */
const BEHIND_MS = 60_000;

/**
 * It holds until the next candle closes; where that is further away than a day, or never comes, a day. Kept past it, so that its next
 * computation fetches what came after its last candle and no more.
 */
export const signalsPolicy: PolicyOptions<Signal> = {
  name: 'Query.signals',
  ttl: '24h',
  keepFor: '24h',
  alone: 'ttl',
  until: (signal, clock) => {
    const left = untilNextClose(signal, clock);
    return signal.isBehind && left !== undefined ? Math.min(left, BEHIND_MS) : left;
  },
  // Hundreds of symbols of a source that is asked for one after the other.
  timeout: '5m',
  tags: ['signals:{$args.symbol}:{$args.timeframe}'],
  refreshable: true,
};

/**
 * Signals in one call, those that were known before from their last candle on; and those whose state does not go on in what came,
 * anew, in one more. Anew is from as many candles as a series has.
 */
export async function computeSignals(
  market: MarketData,
  known: readonly KnownMiss<Signal>[],
): Promise<(Signal | Error)[]> {
  const length = seriesLength(market);
  const whole = ({ instrument, miss }: KnownMiss<Signal>): CandleRequest => ({
    symbol: instrument.symbol,
    timeframe: miss.args['timeframe'] as Timeframe,
    limit: length,
  });
  const newest = (of: KnownMiss<Signal>): CandleRequest => {
    const last = of.miss.previous?.state.last;
    return last ? { ...whole(of), from: last.time } : whole(of);
  };
  // Before the fetch: a candle that closes while it runs is not in its answer.
  const times = known.map(({ miss }) => closesAround(market, miss.args['timeframe'] as Timeframe));
  const fetched = await market.candles(known.map(newest));
  const states = known.map(({ miss }, i) => toState(fetched[i], length, miss.previous?.state));
  // A revised candle, or more new ones than one call answers: what was kept is of no use.
  const broken = known.filter((_, i) => states[i] === undefined);
  const refetched = broken.length === 0 ? [] : await market.candles(broken.map(whole));
  return known.map((of, i) => {
    const state = states[i] ?? toState(refetched[broken.indexOf(of)], length) ?? new Error('A signal was lost.');
    return state instanceof Error ? state : toSignal(of, state, times[i] ?? NEVER);
  });
}

/** Ends of buckets before and after the source's present, ms since the epoch. */
interface Closes {
  readonly lastClose: number;
  readonly nextClose: number | null;
}

const NEVER: Closes = { lastClose: -Infinity, nextClose: null };

/** Private */
function closesAround(market: MarketData, timeframe: Timeframe): Closes {
  const next = nextClose(market, timeframe);
  return next === null ? NEVER : { lastClose: bucketStart(next - market.closeDelayMs - 1, timeframe), nextClose: next };
}

/** Of the candles that one call answers so many may be open: the last, and one that waits for late trades. */
const MOST_OPEN = 2;

/** Private: undefined where the state does not go on in what was fetched. What is wrong with one answer is wrong with that one alone. */
function toState(
  fetched: readonly Candle[] | Error | undefined,
  length: number,
  previous?: SignalState,
): SignalState | Error | undefined {
  if (!fetched || fetched instanceof Error) return fetched ?? new Error('The candles of a signal were lost.');
  try {
    if (!previous) return buildSignalState(fetched, length - MOST_OPEN);
    return fetched.length < length ? continueSignalState(previous, fetched) : undefined;
  } catch (error) {
    return toError(error);
  }
}

/** Private */
function toSignal(
  { instrument: { symbol }, miss }: KnownMiss<Signal>,
  state: SignalState,
  { lastClose, nextClose: next }: Closes,
): Signal | Error {
  const timeframe = miss.args['timeframe'] as Timeframe;
  if (!state.last) return new GatewayError('NOT_FOUND', `${symbol} has no closed ${timeframe} candle yet.`, { symbol });
  const lastProcessed = bucketEnd(state.last.time, timeframe);
  return {
    symbol,
    timeframe,
    ...getSignalValues(state),
    lastProcessed,
    events: state.crosses.map(({ kind, time, price }) => ({ symbol, timeframe, kind, time, price })),
    nextClose: next,
    isBehind: lastProcessed < lastClose,
    state,
  };
}
