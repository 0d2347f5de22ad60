import type { Candle } from '../../../src/market/candle.js';
import type { CandleRequest, MarketData } from '../../../src/market/market-data.js';
import { createSimulatedMarket } from '../../../src/upstream/simulated/simulated-market.js';

/** 2024-05-15, a Wednesday, in the middle of a minute. */
export const NOON = Date.UTC(2024, 4, 15, 12, 34, 56, 789);

/** A simulated market whose clock stands still until it is set. */
export function drivenMarket({ seed = 1, now = NOON }: { seed?: number; now?: number } = {}) {
  const clock = { present: now, now: () => clock.present, monotonic: () => clock.present };
  return { clock, market: createSimulatedMarket({ seed, latencyMs: 0, clock }) };
}

/** The candles of one request; where they failed, that is thrown. */
export async function candlesOf(market: MarketData, request: CandleRequest): Promise<readonly Candle[]> {
  const [answer] = await market.candles([request]);
  if (!answer || answer instanceof Error) throw answer ?? new Error('no answer');
  return answer;
}

/** All candles of [from, to), however many calls it takes. */
export async function allCandles(
  market: MarketData,
  { from, to, ...request }: Omit<CandleRequest, 'limit'> & { from: number; to: number },
): Promise<readonly Candle[]> {
  const candles: Candle[] = [];
  for (let next = from; ;) {
    const page = await candlesOf(market, { ...request, from: next, to, limit: market.candlesPerCall });
    const last = page.at(-1);
    if (!last) return candles;
    if (last.time < next) throw new Error('candles before the range that was asked for');
    candles.push(...page);
    next = last.time + 1;
  }
}
