import type { BacktestReport } from '../analytics/backtest/run-backtest.js';
import type { BacktestSettings } from '../analytics/backtest/simulate.js';
import type { StrategyName } from '../analytics/backtest/strategy.js';
import type { PolicyOptions } from '../cache/index.js';
import type { Timeframe } from '../market/timeframe.js';
import type { BarsKey, BarsRange } from './bars.js';
import { untilNextClose } from './series.js';

/** What is tried, and over which range. */
export interface BacktestTerms extends BarsRange {
  /** That of the settings, by itself for the tag. */
  readonly strategy: StrategyName;
  readonly settings: BacktestSettings;
}

/** A backtest, whole: what is written differently and means the same has the same key. */
export interface BacktestKey extends BacktestTerms, BarsKey {}

export interface Backtest extends Omit<BacktestReport, 'curve'> {
  /** By packCurve (packed-curve.ts). */
  readonly packedCurve: string;
  /** A hash of its key. */
  readonly id: string;
  /** In the source's spelling. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** When its next candle closes, ms since the epoch; null for a range that is over. */
  readonly nextClose: number | null;
}

/** It rests on closed candles: over a range that is over it stands, and one up to the present until the next candle closes. */
export const backtestPolicy: PolicyOptions<Backtest> = {
  name: 'Query.backtest',
  ttl: '24h',
  ttlName: 'BACKTEST',
  alone: 'ttl',
  until: untilNextClose,
  // Hundreds of symbols of a source that is asked for one after the other.
  timeout: '10m',
  tags: ['backtest:{$args.symbol}:{$args.strategy}'],
  refreshable: true,
};
