import type { Cache, Compute, KeyArguments, PolicyOptions, Provenance } from '../cache/index.js';
import type { Instrument, OrderBook, Ticker } from '../market/instrument.js';
import type { MarketData } from '../market/market-data.js';
import { toError } from '../support/to-error.js';
import { analysisPolicy, computeAnalyses, type Analysis } from './analyses.js';
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
import { orderBookPolicy, type OrderBookKey } from './order-books.js';
import { computeOverviews, overviewPolicy, type Overview, type OverviewKey } from './overviews.js';
import { pricePolicy, type SymbolKey } from './prices.js';
import { computeSeries, seriesPolicy, type Series, type SeriesKey } from './series.js';

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
  /** Forgets what the request has loaded, so that what follows a mutation reads anew. */
  clear(): void;
}

export interface LoadersOptions {
  readonly cache: Cache;
  readonly market: MarketData;
  readonly provenance: Provenance;
}

/** The loaders of one request. */
export function createLoaders({ cache, market, provenance }: LoadersOptions): Loaders {
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
  const clear = () => all.forEach((each) => each.clear());
  return { instruments, instrument, series, candles, prices, orderBooks, indicators, analyses, overviews, clear };
}
