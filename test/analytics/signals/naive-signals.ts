import type { Cross, SignalValues } from '../../../src/analytics/signals/signal-state.js';
import type { Candle } from '../../../src/market/candle.js';

/** What a prefix of a series says. */
export interface NaiveSignals extends SignalValues {
  readonly crosses: readonly Omit<Cross, 'from'>[];
}

/**
 * What every prefix of closed candles says, each computed by itself from its last `span` candles: both means summed anew, and the
 * crosses found by going through the candles. Nothing is carried from one prefix to the next.
 */
export function naiveSignals(candles: readonly Candle[], span: number): NaiveSignals[] {
  const closes = candles.map(({ close }) => close);
  const fast = closes.map((_, end) => mean(closes, end, 50));
  const slow = closes.map((_, end) => mean(closes, end, 200));
  const signs = closes.map((_, i) => signOf(fast[i] ?? null, slow[i] ?? null));
  return candles.map((_, end) => ({
    ma50: fast[end] ?? null,
    ma200: slow[end] ?? null,
    trend: TREND[String(signs[end])] ?? 'UNKNOWN',
    crosses: crossesOf(candles, signs, Math.max(0, end + 1 - span) + 199, end),
  }));
}

const TREND: Readonly<Record<string, SignalValues['trend']>> = { '1': 'UP', '-1': 'DOWN', '0': 'SIDEWAYS' };

/** Private: of the `period` values up to and with `end`. */
function mean(values: readonly number[], end: number, period: number): number | null {
  if (end + 1 < period) return null;
  let sum = 0;
  for (let i = end + 1 - period; i <= end; i += 1) sum += values[i] ?? NaN;
  return sum / period;
}

/** Private */
function signOf(fast: number | null, slow: number | null): number | null {
  if (fast === null || slow === null) return null;
  return Math.abs(fast - slow) <= 1e-12 * slow ? 0 : Math.sign(fast - slow);
}

/** Private: where the sign turned, candles without one passed over. */
function crossesOf(candles: readonly Candle[], signs: readonly (number | null)[], first: number, last: number) {
  const crosses: Omit<Cross, 'from'>[] = [];
  let before = 0;
  for (let i = first; i <= last; i += 1) {
    const sign = signs[i] ?? 0;
    const candle = candles[i];
    if (sign === 0 || !candle) continue;
    if (before === -sign) {
      crosses.push({ kind: sign > 0 ? 'GOLDEN_CROSS' : 'DEATH_CROSS', time: candle.time, price: candle.close });
    }
    before = sign;
  }
  return crosses;
}
