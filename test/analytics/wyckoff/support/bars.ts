import type { BarFeatures } from '../../../../src/analytics/wyckoff/bar-features.js';
import type { Bar } from '../../../../src/analytics/wyckoff/bars.js';
import type { Band } from '../../../../src/analytics/wyckoff/trading-range.js';
import { candleAt } from '../../support/candles.js';

/** A trading range from 95 to 105 whose lowest low is 94 and highest high 106. */
export const BAND: Band = { isRange: true, support: 95, resistance: 105, lowest: 94, highest: 106 };

export type BarChange = Partial<Omit<Bar, 'features'>> & { readonly features?: Partial<BarFeatures> };

/** Bars in {@link BAND} with an average true range of 1, all alike and without any event, save what `changes` makes of single ones. */
export function barsWith(length: number, changes: Readonly<Record<number, BarChange>> = {}): Bar[] {
  return Array.from({ length }, (_, index) => ({
    ...candleAt(index, 100, { high: 100.5, low: 99.5 }),
    averageRange: 1,
    band: BAND,
    ...changes[index],
    features: { relativeVolume: 1, spread: 1, closeLocation: 0.5, result: 0, ...changes[index]?.features },
  }));
}
