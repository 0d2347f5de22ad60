import { setMaxListeners } from 'node:events';
import type { AnalystPool } from '../analytics/threads/analyst-pool.js';
import type { Compute, Miss } from '../cache/index.js';
import type { MarketData } from '../market/market-data.js';
import { CancelledError } from '../support/cancelled-error.js';
import { createDeferred, type Deferred } from '../support/deferred.js';
import { hash } from '../support/hash.js';
import { stableStringify } from '../support/stable-stringify.js';
import { toError } from '../support/to-error.js';
import type { Backtest, BacktestKey } from './backtests.js';
import { countNewBars, type Bars, type BarsKey } from './bars.js';
import type { CachedLoader } from './cached-loader.js';
import { unpackBars } from './packed-bars.js';
import { packCurve } from './packed-curve.js';
import { assertEnoughBars } from './short-range.js';

export interface BacktestSources {
  readonly market: MarketData;
  readonly bars: CachedLoader<BarsKey, Bars>;
  readonly pool: AnalystPool;
  /** Gives up what has not been computed yet. */
  readonly signal?: AbortSignal | undefined;
}

/** Fetched together also where each takes a call of its own: so many are under way side by side. */
const LEAST_CHUNK = 16;
/** Candles fetched together, some 200 bytes each until they are packed: six years of days of 243 pairs. */
const MOST_CANDLES = 600_000;

/**
 * Computes backtests in chunks, the candles of a chunk in one call and each backtest in a thread, and with all other queues of the pool in
 * turns: what memory holds of them is bounded, the first are there before the last have been fetched, and those that are given up
 * meanwhile are not fetched at all.
 */
export class BacktestQueue {
  readonly #sources: BacktestSources;
  readonly #waiting: Waiting[] = [];
  readonly #unsettled = new Set<Waiting>();
  #isRunning = false;

  constructor(sources: BacktestSources) {
    this.#sources = sources;
    const { signal } = sources;
    if (!signal) return;
    // Every backtest that is under way listens to it; Node warns of a leak from the eleventh on.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', () => this.#giveUp(), { once: true });
  }

  readonly compute: Compute<Backtest> = async (misses) => {
    const waiting = misses.map((miss) => ({ miss, ...createDeferred<Backtest>() }));
    for (const each of waiting) {
      this.#unsettled.add(each);
      each.promise.finally(() => this.#unsettled.delete(each)).catch(() => undefined);
    }
    this.#waiting.push(...waiting);
    if (this.#sources.signal?.aborted) this.#giveUp();
    else void this.#run();
    return waiting.map(({ promise }) => promise);
  };

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      // What others had begun and gave up comes one by one, all in one turn of the event loop.
      await new Promise(setImmediate);
      while (this.#waiting.length > 0) await this.#takeTurn();
    } catch (error) {
      this.#rejectAll(error);
    } finally {
      this.#isRunning = false;
    }
  }

  async #takeTurn(): Promise<void> {
    const { pool, signal } = this.#sources;
    await pool.gathering.enter({ signal });
    try {
      await this.#compute(this.#nextChunk());
    } finally {
      pool.gathering.leave();
    }
  }

  #nextChunk(): Waiting[] {
    const { market } = this.#sources;
    const most = Math.max(LEAST_CHUNK, market.requestsPerCall);
    let candles = 0;
    const chunk: Waiting[] = [];
    for (const waiting of this.#waiting) {
      candles += countNewBars(keyOf(waiting.miss), market.now());
      if (chunk.length === most || (chunk.length > 0 && candles > MOST_CANDLES)) break;
      chunk.push(waiting);
    }
    return this.#waiting.splice(0, chunk.length);
  }

  async #compute(chunk: readonly Waiting[]): Promise<void> {
    const { bars } = this.#sources;
    const loading = chunk.map(({ miss: { args, parts, force } }) => {
      const { symbol, timeframe, from, to } = args as BacktestKey;
      return bars.load({ symbol, timeframe, from, to }, { parts, force, closedOnly: true }).catch(toError);
    });
    const loaded = await Promise.all(loading);
    // The request would remember all candles of all its chunks.
    bars.clear();
    await Promise.all(
      chunk.map(({ miss, resolve, reject }, i) =>
        this.#backtest(keyOf(miss), loaded[i] ?? new Error('A range was lost.')).then(resolve, reject),
      ),
    );
  }

  async #backtest(key: BacktestKey, loaded: Bars | Error): Promise<Backtest> {
    if (loaded instanceof Error) throw loaded;
    const { pool, signal } = this.#sources;
    const { symbol, packed, nextClose } = loaded;
    const { bars, buffer } = unpackBars(packed);
    assertEnoughBars(bars, { ...key, symbol });
    const input = { bars, settings: key.settings };
    const { curve, ...report } = await pool.run('runBacktest', input, { signal, transfer: [buffer] });
    const id = hash(stableStringify(key));
    return { ...report, packedCurve: packCurve(curve), id, symbol, timeframe: key.timeframe, nextClose };
  }

  #giveUp(): void {
    this.#rejectAll(new CancelledError('The backtests were cancelled.'));
  }

  #rejectAll(error: unknown): void {
    this.#waiting.length = 0;
    for (const { reject } of this.#unsettled) reject(error);
  }
}

interface Waiting extends Deferred<Backtest> {
  readonly miss: Miss<Backtest>;
}

/** Private */
function keyOf({ args }: Miss<Backtest>): BacktestKey {
  return args as BacktestKey;
}
