import { afterEach } from 'vitest';
import type { Candle } from '../../../src/market/candle.js';
import { createCoinbaseMarket, type CoinbaseMarketOptions } from '../../../src/upstream/coinbase/coinbase-market.js';
import { coinbaseRow, startCoinbaseServer, type CoinbaseServerOptions } from '../../support/coinbase-server.js';
import { DrivenTime } from './driven-time.js';

/** A Wednesday, half a minute into its 12th hour. */
export const NOW = Date.UTC(2024, 2, 13, 11, 0, 30);

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A market on a local server; both live in one driven time, in which waits take none of the test's. */
export async function openCoinbase(
  options: Omit<CoinbaseServerOptions, 'now'> = {},
  market: Partial<CoinbaseMarketOptions> = {},
) {
  const time = new DrivenTime(NOW);
  const server = await startCoinbaseServer({ ...options, now: () => time.clock.now() });
  const coinbase = createCoinbaseMarket({
    url: server.url,
    clock: time.clock,
    sleep: time.skip,
    random: () => 0.5,
    ...market,
  });
  opened.push(coinbase, server);
  return { time, server, market: coinbase };
}

/** The candle that the server's row makes. */
export function serverCandle(symbol: string, time: number, seconds: number, closed = true, now = Infinity): Candle {
  const [, low, high, open, close, volume] = coinbaseRow(symbol, time / 1_000, seconds, now);
  return { time, open, high, low, close, volume, closed };
}

/** The only answer, which has to be candles. */
export function onlyCandles(answers: readonly (readonly Candle[] | Error)[]): readonly Candle[] {
  const [answer] = answers;
  if (answers.length !== 1 || !answer) throw new Error(`Expected one answer, but got ${answers.length}`);
  if (answer instanceof Error) throw answer;
  return answer;
}
