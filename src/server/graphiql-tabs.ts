import type { GraphiqlDemo } from './graphiql-demo.js';

export interface GraphiqlTabsOptions {
  /** At least two that the source has. */
  readonly symbols: readonly string[];
  /** One that the source has. */
  readonly timeframe: string;
  /** Undefined where the demo is off. */
  readonly demo: GraphiqlDemo | undefined;
}

/** One tab of GraphiQL: a named operation with its headers as JSON. */
export interface GraphiqlTab {
  readonly query: string;
  readonly headers: string;
}

/** A tab for each part of the API, with what exists at this gateway's source, so that each runs as it stands. */
export function graphiqlTabs({ symbols, timeframe, demo }: GraphiqlTabsOptions): GraphiqlTab[] {
  const [first = 'BTC-USD', second = first] = symbols;
  const open = headers({});
  const trader = headers(demo ? { Authorization: `Bearer ${demo.trader}` } : {});
  const admin = headers(demo ? { Authorization: `Bearer ${demo.admin}` } : {});
  const traced = headers({ 'X-Cache-Trace': '1' });
  return [
    { query: overviewTab(timeframe), headers: traced },
    { query: analysisTab(first, timeframe), headers: open },
    { query: signalsTab(symbols, timeframe), headers: open },
    { query: backtestTab(first, timeframe), headers: open },
    { query: backtestBatchTab(symbols, timeframe), headers: open },
    { query: marketTab(first, second, timeframe), headers: open },
    { query: instrumentsTab(), headers: open },
    { query: signInTab(demo !== undefined), headers: open },
    { query: watchlistsTab(demo !== undefined), headers: trader },
    { query: addToWatchlistTab(demo?.watchlistId ?? '', symbols.at(-1) ?? second), headers: trader },
    { query: cacheTab(), headers: open },
    { query: clearCacheTab(first), headers: admin },
  ];
}

/** Private */
function headers(values: Record<string, string>): string {
  return JSON.stringify(values, null, 2);
}

/** Private */
function overviewTab(timeframe: string): string {
  return `# All pairs at once. Run it twice: MISS, then HIT.
#
# forceRefresh: true computes the overview and its
# analyses anew, and replaces what everyone else
# reads (REFRESHED).
#
# The header X-Cache-Trace: 1, below, adds
# extensions.cache: what the cache did for each field.
query Overview {
  overview(timeframe: ${timeframe}, forceRefresh: false) {
    asOf
    breadth { up down sideways unknown failed }
    pairs {
      symbol
      price
      change24hPercent
      analysis { dow { trend confidence } cache { status ageSeconds } }
      error { code message }
    }
    cache { status layer ageSeconds ttlSeconds tags }
  }
}
`;
}

/** Private */
function analysisTab(symbol: string, timeframe: string): string {
  return `# One symbol. forceRefresh: true computes it anew.
query Analysis {
  analysis(symbol: "${symbol}", timeframe: ${timeframe}, forceRefresh: false) {
    id
    asOf
    price
    dow { trend confidence degrees { degree trend } events { time kind price } volumeConfirms }
    wyckoff { phase subPhase confidence range { support resistance } events { time kind price } }
    volume { relativeVolume effortResult cmf profile { poc valueAreaHigh valueAreaLow } }
    signal { action strength reasons }
    indicators { sma50 sma200 rsi14 atr14 macd { macd signal histogram } }
    cache { status layer ageSeconds ttlSeconds expiresAt tags computeMs }
  }
}
`;
}

/** Private */
function signalsTab(symbols: readonly string[], timeframe: string): string {
  return `# Where the averages of 50 and 200 closes stand, and
# when they last crossed. What a model says of the next
# candle is NEUTRAL where it has been no better than
# always saying the same.
query Signals {
  signals(symbols: ${listOf(symbols)}, timeframe: ${timeframe}) {
    symbol
    signal { ma50 ma200 trend last { kind time price } lastProcessed cache { status } }
    error { code message }
  }
  recentSignals(timeframe: ${timeframe}, limit: 5) { id symbol kind time price }
  prediction(symbol: "${symbols[0] ?? ''}", timeframe: ${timeframe}) {
    direction
    probabilityUp
    modelVersion
    trainedThrough
    walkForward { n accuracy ciLow ciHigh baselineAccuracy beatsBaseline }
  }
}
`;
}

/** Private */
function backtestTab(symbol: string, timeframe: string): string {
  return `# A strategy over what was. Other strategies and their
# parameters: { strategies { name description
#   parameters { name default min max } } }
query Backtest {
  backtest(input: {
    symbol: "${symbol}", timeframe: ${timeframe}, commission: 0.001
    strategy: { smaCross: { fast: 10, slow: 30 } }
  }) {
    stats {
      startAt endAt finalEquity totalReturnPercent buyAndHoldReturnPercent
      sharpeRatio maxDrawdownPercent tradeCount winRatePercent
    }
    trades(first: 5) { totalCount edges { node { side quantity entryTime entryPrice exitPrice pnl returnPercent } } }
    equityCurve(maxPoints: 50) { timestamp equity drawdownPercent }
    cache { status ttlSeconds computeMs }
  }
}
`;
}

/** Private */
function backtestBatchTab(symbols: readonly string[], timeframe: string): string {
  return `# A strategy over many symbols: results as they come,
# those of the cache at once. The query backtestBatch
# answers all of them together.
subscription BacktestBatchProgress {
  backtestBatchProgress(input: {
    symbols: ${listOf(symbols)}
    timeframe: ${timeframe}
    strategy: { donchianBreakout: { period: 20 } }
  }) {
    done
    total
    finished
    results { symbol stats { totalReturnPercent tradeCount } error { code message } }
  }
}
`;
}

/** Private */
function marketTab(first: string, second: string, timeframe: string): string {
  return `# Prices and candles. One unknown symbol leaves
# the others standing.
query Market {
  market { source now timeframes }
  prices(symbols: ["${first}", "${second}", "NO-SUCH"]) {
    symbol
    price { price change24hPercent volume24h time cache { status } }
    error { code message }
  }
  candles(symbol: "${first}", timeframe: ${timeframe}, limit: 5) { time open high low close volume closed }
}
`;
}

/** Private */
function instrumentsTab(): string {
  return `# What trades here. For the next page send
# pageInfo.endCursor as after.
query Instruments {
  instruments(search: "", first: 10) {
    totalCount
    edges { node { symbol name base quote priceIncrement quantityIncrement } }
    pageInfo { hasNextPage endCursor }
  }
}
`;
}

/** Private */
function signInTab(demo: boolean): string {
  const who = demo ? 'email: "trader@demo.local", password: "trader"' : 'email: "", password: ""';
  return `# Signs in for 24 h. The token goes into the Headers
# of the tabs that need it, as
#   { "Authorization": "Bearer TOKEN" }
mutation SignIn {
  login(${who}) {
    token
    expiresAt
    viewer { email tier }
  }
}
`;
}

/** Private */
function watchlistsTab(demo: boolean): string {
  const note = demo
    ? '# A token of the demo account trader@demo.local\n# is in the Headers below.'
    : '# Needs a sign-in: put\n#   { "Authorization": "Bearer TOKEN" }\n# into the Headers below (see SignIn).';
  return `${note}
query Watchlists {
  viewer { email tier session { expiresAt } }
  watchlists {
    id
    name
    category
    active
    items { symbol price { price change24hPercent } error { code } }
    cache { status ttlSeconds tags }
  }
}
`;
}

/** Private */
function addToWatchlistTab(id: string, symbol: string): string {
  return `# The id is of a list in the tab Watchlists. When this
# has answered, every gateway shows the new symbol.
mutation AddToWatchlist {
  addToWatchlist(id: "${id}", symbols: ["${symbol}"]) {
    id
    updatedAt
    items { symbol }
  }
}
`;
}

/** Private */
function cacheTab(): string {
  return `# What the cache of this gateway did since it
# started, and how it does.
query Cache {
  cacheStats {
    since
    total { hits misses stale coalesced refreshed bypassed hitRate }
    byField { coordinate counts { hits misses hitRate } p50Ms p99Ms recommendation }
    byLayer { layer entries bytes maxBytes hits }
  }
  cacheHealth { status redis latencyMs pendingInvalidations message }
}
`;
}

/** Private */
function clearCacheTab(symbol: string): string {
  return `# Ends what carries a tag, or a longer one that
# begins with it. Needs an admin.
mutation ClearCacheTags {
  clearCacheTags(tags: ["analysis:${symbol}"]) {
    tags
    status
    clock
  }
}
`;
}

/** Private: as a value of GraphQL. */
function listOf(symbols: readonly string[]): string {
  return `[${symbols.map((symbol) => `"${symbol}"`).join(', ')}]`;
}
