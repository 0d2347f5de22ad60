/**
 * What a frontend does with Tidemark, in one go and fully typed. Start a gateway (`npm start`), then `npx tsx examples/frontend.ts [URL]`.
 * The documents are in frontend.graphql; `npm run codegen` gives them their types.
 */
import { pathToFileURL } from 'node:url';
import { GraphQLClient } from 'graphql-request';
import * as documents from './generated/documents.js';

const DEFAULT_URL = 'http://127.0.0.1:4000/graphql';

export async function runFrontend(url: string, print: (line: string) => void): Promise<void> {
  const client = new GraphQLClient(url);
  const { login } = await client.request(documents.SignInDocument, { email: 'trader@demo.local', password: 'trader' });
  client.setHeader('Authorization', `Bearer ${login.token}`);
  print(`Signed in as ${login.viewer.email}, ${login.viewer.tier}`);

  const timeframe = 'D1';
  const { overview } = await client.request(documents.OverviewDocument, { timeframe });
  const pairs = overview?.pairs ?? [];
  print(`Overview of ${pairs.length} pairs: ${show(overview)}`);
  for (const { symbol, price, change24hPercent, analysis, error } of pairs) {
    print(
      `  ${symbol} ${error ? error.message : `${price} (${change24hPercent?.toFixed(2)} %) ${analysis?.dow.trend}`}`,
    );
  }

  const [first = 'BTC-USD', second = 'ETH-USD'] = pairs.map(({ symbol }) => symbol);
  const { createWatchlist } = await client.request(documents.CreateWatchlistDocument, {
    name: 'Example',
    symbols: [first],
  });
  const { id } = createWatchlist;
  const printWatchlist = async (when: string) => {
    const { watchlist } = await client.request(documents.WatchlistDocument, { id });
    print(`Watchlist ${when}: ${watchlist?.items.map(({ symbol }) => symbol).join(', ')}: ${show(watchlist)}`);
  };
  await printWatchlist('as it was made');
  await printWatchlist('read again');
  await client.request(documents.AddToWatchlistDocument, { id, symbols: [second] });
  await printWatchlist(`right after ${second} was added`);
  await client.request(documents.DeleteWatchlistDocument, { id });

  for (const forceRefresh of [false, true, false]) {
    const { analysis } = await client.request(documents.AnalysisDocument, { symbol: first, timeframe, forceRefresh });
    print(`Analysis of ${first}${forceRefresh ? ', forced' : ''}: ${analysis?.dow.trend}: ${show(analysis)}`);
  }
}

/** Private: what the cache did for a value. */
function show(value: { readonly cache: documents.StatusFragment } | null): string {
  if (!value) return 'nothing';
  const { status, ageSeconds, ttlSeconds } = value.cache;
  return `${status}, ${ageSeconds.toFixed(1)} s old, fresh for ${ttlSeconds.toFixed(0)} s`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await runFrontend(process.argv[2] ?? DEFAULT_URL, console.log);
