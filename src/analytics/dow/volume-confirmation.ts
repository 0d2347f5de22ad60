import type { Candle } from '../../market/candle.js';
import type { Trend } from './structure.js';
import type { Swing } from './swings.js';

/** How many legs, the ways between two swings, are compared. */
const LEGS = 4;

/**
 * Whether volume goes with the trend, as Dow asks: a candle of the last {@link LEGS} legs that go with it has on average at least the
 * volume of one of the legs against it. Null without an up or down trend, and where nothing traded.
 */
export function volumeConfirms(candles: readonly Candle[], swings: readonly Swing[], trend: Trend): boolean | null {
  if (trend !== 'UP' && trend !== 'DOWN') return null;
  const ends = swings.slice(-LEGS - 1);
  const along: number[] = [];
  const against: number[] = [];
  ends.slice(1).forEach((end, index) => {
    const volumes = candles.slice((ends[index]?.index ?? 0) + 1, end.index + 1).map((candle) => candle.volume);
    ((end.kind === 'HIGH') === (trend === 'UP') ? along : against).push(...volumes);
  });
  const alongMean = mean(along);
  const againstMean = mean(against);
  if (alongMean === undefined || againstMean === undefined || alongMean + againstMean === 0) return null;
  return alongMean >= againstMean;
}

/** Private */
function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
