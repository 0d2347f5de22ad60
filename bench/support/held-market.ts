import type { Candle } from '../../src/market/candle.js';
import type { CandleRequest, MarketData } from '../../src/market/market-data.js';
import { bucketEnd, bucketsBefore, bucketStart, TIMEFRAME_MS, type Timeframe } from '../../src/market/timeframe.js';
import type { Clock } from '../../src/support/clock.js';
import { createSimulatedMarket } from '../../src/upstream/simulated/simulated-market.js';

export interface HeldMarketOptions {
  readonly clock: Clock;
  readonly symbols: readonly string[];
  /** The only one that it has: not MN1. */
  readonly timeframe: Timeframe;
  /** Candles before the present, and after it. */
  readonly before: number;
  readonly after: number;
}

/** A simulated market that counts. */
export interface HeldMarket {
  readonly market: MarketData;
  /** What was answered since it was asked last, and what that took, the parsing of it left out. */
  take(): { readonly candles: number; readonly ms: number };
}

/**
 * A market whose candles are held as text, made before anything is measured: each answer is cut from it and parsed, as those of every
 * source that is asked over HTTP are.
 */
export async function holdMarket(options: HeldMarketOptions): Promise<HeldMarket> {
  const { clock, symbols, timeframe } = options;
  const first = bucketsBefore(bucketStart(clock.now(), timeframe), options.before, timeframe);
  const rows = await readRows(options, first);
  let taken = { candles: 0, ms: 0 };
  const indexOf = (time: number) => Math.round((time - first) / TIMEFRAME_MS[timeframe]);
  const answer = ({ symbol, from, limit }: CandleRequest): Candle[] => {
    const begun = performance.now();
    const end = indexOf(bucketStart(clock.now(), timeframe)) + 1;
    const start = Math.max(0, from === undefined ? end - limit : indexOf(from));
    const cut = (rows.get(symbol) ?? []).slice(start, Math.min(end, start + limit));
    const text = `[${cut.join()}]`;
    taken = { candles: taken.candles + cut.length, ms: taken.ms + performance.now() - begun };
    return (JSON.parse(text) as Row[]).map(([time, open, high, low, close, volume]) => {
      const closed = bucketEnd(time, timeframe) <= clock.now();
      return { time, open, high, low, close, volume, closed };
    });
  };
  const simulated = createSimulatedMarket({ seed: 1, latencyMs: 0, clock, symbols });
  return {
    market: { ...simulated, candles: async (requests) => requests.map(answer) },
    take() {
      const last = taken;
      taken = { candles: 0, ms: 0 };
      return last;
    },
  };
}

type Row = [time: number, open: number, high: number, low: number, close: number, volume: number];

/** Private: the text of each candle, all of them as they will be when they have closed. */
async function readRows(
  { symbols, timeframe, before, after }: HeldMarketOptions,
  first: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const end = bucketsBefore(first, -(before + after + 1), timeframe);
  const later = createSimulatedMarket({
    seed: 1,
    latencyMs: 0,
    clock: { now: () => end, monotonic: () => end },
    symbols,
  });
  const rows = new Map<string, string[]>(symbols.map((symbol) => [symbol, []]));
  for (let from = first; from < end; from = bucketsBefore(from, -later.candlesPerCall, timeframe)) {
    const limit = later.candlesPerCall;
    const answers = await later.candles(symbols.map((symbol) => ({ symbol, timeframe, from, to: end, limit })));
    for (const [i, candles] of answers.entries()) {
      if (candles instanceof Error) throw candles;
      const texts = candles.map(({ time, open, high, low, close, volume }) =>
        JSON.stringify([time, open, high, low, close, volume]),
      );
      rows.get(symbols[i] ?? '')?.push(...texts);
    }
  }
  return rows;
}
