import type { AnalystPool } from '../analytics/threads/analyst-pool.js';
import type { Cache, Compute, KeyArguments, PolicyOptions, Provenance } from '../cache/index.js';
import type { Instrument, OrderBook, Ticker } from '../market/instrument.js';
import type { MarketData } from '../market/market-data.js';
import type { Clock } from '../support/clock.js';
import { toError } from '../support/to-error.js';
import { analysisPolicy, computeAnalyses, type Analysis } from './analyses.js';
import { BacktestQueue } from './backtest-queue.js';
import { backtestPolicy, type Backtest, type BacktestKey } from './backtests.js';
import { barsPolicy, fetchBars, passingBarsPolicy, type Bars, type BarsKey } from './bars.js';
import { CachedLoader } from './cached-loader.js';
import { candlesPolicy, computeCandles, type CandleRange, type CandlesKey } from './candles.js';
import { computeIndicatorsOf, indicatorsPolicy, type Indicators } from './indicators.js';
import {
  computeKnown,
  indexInstruments,
  instrumentPolicy,
  instrumentsPolicy,
  type NoArguments,
} from './instruments.js';
import { computeModels, modelPolicy, type Model } from './models.js';
import { orderBookPolicy, type OrderBookKey } from './order-books.js';
import { computeOverviews, overviewPolicy, type Overview, type OverviewKey } from './overviews.js';
import { computePredictions, predictionPolicy, type Prediction } from './predictions.js';
import { pricePolicy, type SymbolKey } from './prices.js';
import { computeSeries, seriesPolicy, type Series, type SeriesKey } from './series.js';
import { computeSignals, signalsPolicy, type Signal } from './signals.js';

/** Everything of the market that a request can ask for. */
export interface Loaders {
  readonly instruments: CachedLoader<NoArguments, readonly Instrument[]>;
  readonly instrument: CachedLoader<SymbolKey, Instrument | null>;
  readonly series: CachedLoader<SeriesKey, Series>;
  readonly candles: CachedLoader<CandlesKey, CandleRange>;
  readonly prices: CachedLoader<SymbolKey, Ticker>;
  readonly orderBooks: CachedLoader<OrderBookKey, OrderBook>;
  readonly indicators: CachedLoader<SeriesKey, Indicators>;
  readonly analyses: CachedLoader<SeriesKey, Analysis>;
  readonly overviews: CachedLoader<OverviewKey, Overview>;
  readonly signals: CachedLoader<SeriesKey, Signal>;
  readonly models: CachedLoader<SeriesKey, Model>;
  readonly predictions: CachedLoader<SeriesKey, Prediction>;
  readonly backtests: CachedLoader<BacktestKey, Backtest>;
  /** Backtests of which those that have not been computed by then are given up when the signal aborts. */
  readonly backtestsUntil: (signal: AbortSignal) => CachedLoader<BacktestKey, Backtest>;
  /** Forgets what the request has loaded, so that what follows a mutation reads anew. */
  clear(): void;
}

export interface LoadersOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly market: MarketData;
  readonly pool: AnalystPool;
  readonly provenance: Provenance;
}

/** The loaders of one request. */
export function createLoaders({ cache, clock, market, pool, provenance }: LoadersOptions): Loaders {
  const all: { clear(): void }[] = [];
  const loader = <K extends KeyArguments, V>(policy: PolicyOptions<V>, compute: Compute<V>): CachedLoader<K, V> => {
    const made = new CachedLoader<K, V>({ cache, provenance, policy, compute });
    all.push(made);
    return made;
  };
  const instruments = loader<NoArguments, readonly Instrument[]>(instrumentsPolicy, async () => [
    await market.instruments(),
  ]);
  const instrument = loader<SymbolKey, Instrument | null>(instrumentPolicy, async (misses) => {
    // From the list that is kept: nobody makes the source list everything by asking for what it has not.
    return Promise.all(
      misses.map(async ({ args, parts, force }) => {
        const index = indexInstruments(await instruments.load({}, { parts, force, closedOnly: true }));
        return index.get(String(args['symbol'])) ?? null;
      }),
    );
  });
  const series = loader<SeriesKey, Series>(seriesPolicy, (misses) =>
    computeKnown(misses, instruments, (known) => computeSeries(market, known)),
  );
  const candles = loader<CandlesKey, CandleRange>(candlesPolicy, (misses) =>
    computeCandles({ market, instruments, series, openTtlMs: cache.policy(seriesPolicy).ttlMs }, misses),
  );
  const prices = loader<SymbolKey, Ticker>(pricePolicy, (misses) =>
    computeKnown(misses, instruments, (known) => market.tickers(known.map(({ instrument: { symbol } }) => symbol))),
  );
  const orderBooks = loader<OrderBookKey, OrderBook>(orderBookPolicy, (misses) =>
    computeKnown(misses, instruments, (known) =>
      Promise.all(
        known.map(({ miss, instrument: { symbol } }) =>
          market.orderBook(symbol, Number(miss.args['depth'])).catch(toError),
        ),
      ),
    ),
  );
  const indicators = loader<SeriesKey, Indicators>(indicatorsPolicy, (misses) => computeIndicatorsOf(series, misses));
  const analyses = loader<SeriesKey, Analysis>(analysisPolicy, (misses) => computeAnalyses(series, misses));
  const overviews = loader<OverviewKey, Overview>(overviewPolicy, (misses) =>
    computeOverviews({ analyses, series, now: () => market.now() }, misses),
  );
  const signals = loader<SeriesKey, Signal>(signalsPolicy, (misses) =>
    computeKnown(misses, instruments, (known) => computeSignals(market, known)),
  );
  const models = loader<SeriesKey, Model>(modelPolicy, (misses) =>
    computeKnown(misses, instruments, (known) => computeModels({ market, pool, clock }, known)),
  );
  const predictions = loader<SeriesKey, Prediction>(predictionPolicy, (misses) =>
    computePredictions({ models, series }, misses),
  );
  const barsAreKept = market.requestsPerCall < Infinity;
  const bars = loader<BarsKey, Bars>(barsAreKept ? barsPolicy : passingBarsPolicy, (misses) =>
    computeKnown(misses, instruments, (known) => fetchBars(market, known)),
  );
  const backtestsUntil = (signal?: AbortSignal) =>
    loader<BacktestKey, Backtest>(backtestPolicy, new BacktestQueue({ market, bars, pool, signal }).compute);
  const clear = () => all.forEach((each) => each.clear());
  return {
    instruments,
    instrument,
    series,
    candles,
    prices,
    orderBooks,
    indicators,
    analyses,
    overviews,
    signals,
    models,
    predictions,
    backtests: backtestsUntil(),
    backtestsUntil,
    clear,
  };
}
