import type { Features } from '../../../src/analytics/prediction/candle-features.js';
import type { LabelledRow } from '../../../src/analytics/prediction/labelled-row.js';
import type { Candle } from '../../../src/market/candle.js';
import { candleAt } from '../support/candles.js';

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Hourly candles whose every move goes the other way than the one before with probability `reversal`: 0.5 is a random walk, in which
 * nothing can be foretold.
 */
export function seededCandles(count: number, { seed, reversal }: { seed: number; reversal: number }): Candle[] {
  const random = randomNumbers(seed);
  let close = 100;
  let up = true;
  return Array.from({ length: count }, (_, index) => {
    up = random() < reversal ? !up : up;
    const open = close;
    close *= 1 + (up ? 1 : -1) * (0.002 + 0.008 * random());
    const [high, low] = [
      Math.max(open, close) * (1 + 0.002 * random()),
      Math.min(open, close) * (1 - 0.002 * random()),
    ];
    return candleAt(index, close, { open, high, low, volume: 50 + 100 * random() });
  });
}

/** Rows of `width` features between -1 and 1, labelled up or not by chance. */
export function seededRows(count: number, { seed, width = 3 }: { seed: number; width?: number }): LabelledRow[] {
  const random = randomNumbers(seed);
  const features = (): Features => Array.from({ length: width }, () => 2 * random() - 1);
  return Array.from({ length: count }, () => ({ features: features(), isUp: random() < 0.5 }));
}
