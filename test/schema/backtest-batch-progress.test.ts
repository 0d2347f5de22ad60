import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../src/upstream/simulated/catalog.js';
import { settle, until } from '../support/turns.js';
import { createBacktestWorld } from './backtest-world.js';

const PROGRESS = `subscription ($input: BacktestBatchInput!) {
  backtestBatchProgress(input: $input) {
    done total finished results { symbol stats { tradeCount } error { code } }
  }
}`;
const BATCH = `query ($input: BacktestBatchInput!) { backtestBatch(input: $input) { fromCache computed failed } }`;

const SYMBOLS = CATALOG.slice(0, 40).map(({ symbol }) => symbol);
/** Fifty days. */
const INPUT = {
  strategy: { smaCross: { fast: 2, slow: 5 } },
  symbols: SYMBOLS,
  from: '2025-10-01T00:00:00Z',
  to: '2025-11-20T00:00:00Z',
};

interface Progress {
  readonly done: number;
  readonly total: number;
  readonly finished: boolean;
  readonly results: readonly {
    readonly symbol: string;
    readonly stats: object | null;
    readonly error: object | null;
  }[];
}

function progressOf({ data, errors }: ExecutionResult): Progress {
  if (errors) throw new Error(JSON.stringify(errors));
  return (data as { backtestBatchProgress: Progress }).backtestBatchProgress;
}

/** All events to the last. */
async function readAll(events: AsyncIterable<ExecutionResult>): Promise<Progress[]> {
  const all: Progress[] = [];
  for await (const event of events) all.push(progressOf(event));
  return all;
}

async function next(events: AsyncGenerator<ExecutionResult>): Promise<Progress> {
  const { value, done } = (await events.next()) as IteratorResult<ExecutionResult, undefined>;
  if (done) throw new Error('It is over.');
  return progressOf(value);
}

/** A market that is asked for one symbol after the other. */
function oneByOne() {
  return { requestsPerCall: 1 };
}

describe('Subscription.backtestBatchProgress', () => {
  it('begins at once, tells each result once as it comes, and ends with the last', async () => {
    const { follow, pool } = createBacktestWorld();
    const events = await readAll(await follow(PROGRESS, { input: { ...INPUT, symbols: [...SYMBOLS, 'nope'] } }));
    expect(events[0]).toEqual({ done: 0, total: 41, finished: false, results: [] });
    const results = events.flatMap((event) => event.results);
    expect(results.map(({ symbol }) => symbol).sort()).toEqual([...SYMBOLS, 'nope'].sort());
    expect(results.find(({ symbol }) => symbol === 'nope')).toMatchObject({
      stats: null,
      error: { code: 'NOT_FOUND' },
    });
    let done = 0;
    for (const event of events) expect(event.done).toBe((done += event.results.length));
    expect(events.map(({ finished }) => finished)).toEqual([...Array<boolean>(events.length - 1).fill(false), true]);
    // What comes at about the same time comes in one event.
    expect(events.length).toBeLessThan(20);
    expect(pool.ran).toHaveLength(40);
  });

  it('tells a result before the next is computed', async () => {
    const { follow, pool } = createBacktestWorld();
    pool.hold();
    const events = await follow(PROGRESS, { input: INPUT });
    await next(events);
    for (const done of [1, 2]) {
      await until(() => pool.waiting === 41 - done);
      pool.letGo(1);
      expect(await next(events)).toMatchObject({
        done,
        total: 40,
        finished: false,
        results: [{ symbol: SYMBOLS[done - 1] }],
      });
    }
    pool.release();
    expect((await readAll(events)).at(-1)).toMatchObject({ done: 40, finished: true });
  });

  it('begins with what the cache has', async () => {
    const { ask, follow, pool } = createBacktestWorld();
    await ask(BATCH, { input: { ...INPUT, symbols: SYMBOLS.slice(0, 10) } });
    pool.hold();
    const events = await follow(PROGRESS, { input: INPUT });
    const first = await next(events);
    expect(first).toMatchObject({ done: 10, total: 40, finished: false });
    expect(first.results.map(({ symbol }) => symbol)).toEqual(SYMBOLS.slice(0, 10));
    pool.release();
    await readAll(events);
  });

  it('is one event where the cache has all', async () => {
    const { ask, follow } = createBacktestWorld();
    await ask(BATCH, { input: INPUT });
    const events = await readAll(await follow(PROGRESS, { input: INPUT }));
    expect(events).toMatchObject([{ done: 40, total: 40, finished: true }]);
    expect(events[0]?.results.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
  });

  it('leaves the batch in the cache', async () => {
    const { ask, follow } = createBacktestWorld();
    await readAll(await follow(PROGRESS, { input: INPUT }));
    expect((await ask(BATCH, { input: INPUT })).data).toEqual({
      backtestBatch: { fromCache: 40, computed: 0, failed: 0 },
    });
  });

  it('is joined by a second subscriber and by the query: each backtest is computed once', async () => {
    const { ask, follow, pool, calls } = createBacktestWorld();
    const [first, second] = await Promise.all([follow(PROGRESS, { input: INPUT }), follow(PROGRESS, { input: INPUT })]);
    const [one, other, batch] = await Promise.all([readAll(first), readAll(second), ask(BATCH, { input: INPUT })]);
    expect([one.at(-1), other.at(-1)]).toMatchObject([
      { done: 40, finished: true },
      { done: 40, finished: true },
    ]);
    expect(batch.data).toEqual({ backtestBatch: { fromCache: 0, computed: 40, failed: 0 } });
    expect([pool.ran.length, calls.length]).toEqual([40, 1]);
  });

  it('goes on for the second subscriber and the query where the first, who began it, goes', async () => {
    const { ask, follow, pool } = createBacktestWorld(oneByOne);
    pool.hold();
    const first = await follow(PROGRESS, { input: INPUT });
    const second = await follow(PROGRESS, { input: INPUT });
    const batch = ask(BATCH, { input: INPUT });
    await until(() => pool.waiting === 16);
    pool.letGo(5);
    await next(first);
    await settle();
    await first.return(undefined);
    pool.release();
    const events = await readAll(second);
    expect(events.at(-1)).toMatchObject({ done: 40, total: 40, finished: true });
    const results = events.flatMap((event) => event.results);
    expect(results.map(({ symbol }) => symbol).sort()).toEqual([...SYMBOLS].sort());
    expect(results.filter(({ error }) => error !== null)).toEqual([]);
    expect((await batch).data).toMatchObject({ backtestBatch: { failed: 0 } });
    // Nothing was computed twice.
    expect(pool.ran).toHaveLength(40);
  });

  it('is given up when the last who follows it goes: nothing is fetched or computed any more', async () => {
    const { ask, follow, pool, calls } = createBacktestWorld(oneByOne);
    pool.hold();
    const first = await follow(PROGRESS, { input: INPUT });
    const second = await follow(PROGRESS, { input: INPUT });
    await until(() => pool.waiting === 16);
    await next(first);
    // He waits for the next event, and need not have it to go.
    const waiting = first.next();
    await settle();
    expect(await first.return(undefined)).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    await until(() => pool.waiting > 16);
    await second.return(undefined);
    pool.release();
    await settle();
    expect(pool.ran).toEqual([]);
    const asked = calls.length;
    await settle();
    expect(calls.length).toBe(asked);
    expect(calls.flat().length).toBeLessThan(SYMBOLS.length);
    // What was cancelled has failed nobody: it is computed for who asks next.
    expect((await ask(BATCH, { input: INPUT })).data).toEqual({
      backtestBatch: { fromCache: 0, computed: 40, failed: 0 },
    });
  });

  it('is given up too by who goes before the first event', async () => {
    const { follow, pool } = createBacktestWorld(oneByOne);
    const events = await follow(PROGRESS, { input: INPUT });
    await events.return(undefined);
    await settle();
    expect(pool.ran).toEqual([]);
  });

  it('warns of no leak, however many it waits for', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const { follow, pool } = createBacktestWorld();
    pool.hold();
    const events = await follow(PROGRESS, { input: INPUT });
    await until(() => pool.waiting === 40);
    await events.return(undefined);
    await settle();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('is refused before it begins for bad input', async () => {
    const { follow, calls } = createBacktestWorld();
    await expect(follow(PROGRESS, { input: { ...INPUT, cash: '0' } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'input.cash', received: '0' },
    });
    expect(calls).toEqual([]);
  });
});
