import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createCoinbaseMarket } from '../../../src/upstream/coinbase/coinbase-market.js';
import { NOW, onlyCandles, openCoinbase } from './coinbase-world.js';
import { DrivenTime, turn } from './driven-time.js';

const BTC = 'BTC-USD';
const PRODUCTS = '/products';
const MINUTE_AGO = { symbol: BTC, timeframe: 'M1', from: NOW - 90_000, limit: 2 } as const;

/** What the public limits allow: 15 at once, 10 a second. */
function expectWithinLimits(sentAt: readonly number[]) {
  for (const [i, first] of sentAt.entries()) {
    for (const [j, last] of sentAt.entries()) {
      if (j >= i) expect(j - i + 1).toBeLessThanOrEqual(15 + ((last - first) * 10) / 1_000);
    }
  }
}

describe('the limit of calls', () => {
  it('holds for the whole instance: bursts of 15, then 10 a second, not fewer', async () => {
    const time = new DrivenTime(NOW);
    const sentAt: number[] = [];
    const market = createCoinbaseMarket({
      clock: time.clock,
      sleep: time.sleep,
      fetch: () => {
        sentAt.push(time.clock.now());
        return Promise.resolve(new Response('[]'));
      },
    });
    const answers = Promise.allSettled([
      market.candles(Array.from({ length: 100 }, () => MINUTE_AGO)),
      market.instruments(),
      market.tickers([BTC, 'ETH-USD']),
    ]);
    await turn();
    await time.advance(60_000);
    await answers;
    expect(sentAt).toHaveLength(105);
    expectWithinLimits(sentAt);
    expect((sentAt.at(-1) ?? 0) - NOW).toBe((105 - 15) * 100);
  });
});

describe('another attempt', () => {
  it.each([500, 503, 429])('brings the answer after a %i', async (status) => {
    const { market, server, time } = await openCoinbase();
    server.failNext({ status, times: 2 });
    expect(await market.instruments()).toHaveLength(15);
    expect(server.calls.get(PRODUCTS)).toBe(3);
    // 250 ms and 500 ms, three quarters of them: the jitter stands at a half.
    expect(time.slept).toEqual(expect.arrayContaining([187.5, 375]));
    expect(market.faults()).toEqual([]);
  });

  it('brings the answer after a connection was cut', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ reset: true });
    expect(await market.instruments()).toHaveLength(15);
    expect(server.calls.get(PRODUCTS)).toBe(2);
  });

  it('comes with jitter, between a half and the whole of its backoff', async () => {
    for (const [random, waits] of [
      [0, [125, 250]],
      [0.999, [249.875, 499.75]],
    ] as const) {
      const { market, server, time } = await openCoinbase({}, { random: () => random });
      server.failNext({ status: 500, times: 3 });
      await expect(market.instruments()).rejects.toThrow();
      expect(time.slept).toEqual(waits);
    }
  });

  it('is not made after three, and the error says so', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ status: 503, times: 9 });
    await expect(market.instruments()).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'Coinbase answered 503 three times.',
    });
    expect(server.calls.get(PRODUCTS)).toBe(3);
  });

  it.each([400, 403, 404])('is not made after a %i', async (status) => {
    const { market, server } = await openCoinbase();
    server.failNext({ status });
    await expect(market.instruments()).rejects.toThrow();
    expect(server.calls.get(PRODUCTS)).toBe(1);
  });
});

describe('Retry-After', () => {
  it('of a few seconds is waited for', async () => {
    const { market, server, time } = await openCoinbase();
    server.failNext({ status: 429, headers: { 'retry-after': '2' } });
    expect(await market.instruments()).toHaveLength(15);
    expect(time.slept[0]).toBe(2_000);
  });

  it('with a 429 holds back every call of the instance', async () => {
    const time = new DrivenTime(NOW);
    const sentAt: number[] = [];
    const answers = [new Response('{}', { status: 429, headers: { 'retry-after': '2' } })];
    const market = createCoinbaseMarket({
      clock: time.clock,
      sleep: time.sleep,
      fetch: () => {
        sentAt.push(time.clock.now() - NOW);
        return Promise.resolve(answers.pop() ?? new Response('[]'));
      },
    });
    const first = market.instruments();
    await turn();
    const second = market.instruments();
    await time.advance(3_000);
    await Promise.all([first, second]);
    expect(sentAt).toEqual([0, 2_100, 2_200]);
  });

  it('may be a date', async () => {
    const { market, server, time } = await openCoinbase();
    server.failNext({ status: 503, headers: { 'retry-after': new Date(NOW + 3_500).toUTCString() } });
    await market.instruments();
    expect(time.slept).toEqual([3_000]);
  });

  it('of longer is told, and nothing is sent until then', async () => {
    const { market, server, time } = await openCoinbase();
    server.failNext({ status: 429, headers: { 'retry-after': '60' } });
    await expect(market.instruments()).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      message: 'Coinbase answered 429 (too many requests) once. Try again in 60 s.',
      details: { retryAfterSeconds: 60 },
    });
    await time.advance(30_000);
    expect(await market.tickers([BTC])).toMatchObject([
      { code: 'UPSTREAM_RATE_LIMITED', details: { retryAfterSeconds: 30 } },
    ]);
    expect([...server.calls.values()]).toEqual([1]);
    await time.advance(30_000);
    expect(await market.instruments()).toHaveLength(15);
  });
});

describe('a failure', () => {
  it('of limits is UPSTREAM_RATE_LIMITED with the seconds to wait', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ status: 429, times: 3, body: '{"message":"Public rate limit exceeded"}' });
    await expect(market.instruments()).rejects.toMatchObject({
      code: 'UPSTREAM_RATE_LIMITED',
      message: 'Coinbase answered 429 (too many requests) three times. Try again in 1 s.',
      details: { retryAfterSeconds: 1 },
    });
  });

  it('to answer in time is UPSTREAM_TIMEOUT, and is not tried again', async () => {
    const { market, server } = await openCoinbase({}, { timeoutMs: 40 });
    server.failNext({ delayMs: Infinity });
    await expect(market.instruments()).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
      message: 'Coinbase did not answer within 0.04 s.',
    });
    expect(server.calls.get(PRODUCTS)).toBe(1);
    expect(market.faults()).toEqual(['Coinbase: no answer in 0.04 s since 2024-03-13T11:00:30.000Z']);
  });

  it('to connect is UPSTREAM_UNAVAILABLE and names the reason, not the address', async () => {
    const { market } = await openCoinbase({}, { url: `http://127.0.0.1:${await freePort()}` });
    await expect(market.instruments()).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'Coinbase could not be reached (ECONNREFUSED), tried three times.',
    });
  });

  it.each([
    ['<html>', /not JSON$/],
    ['{"message":"maintenance"}', /body: Invalid input: expected array/],
    ['[[1710327600,"1",2,3,4,5]]', /0\.1: Invalid input: expected number/],
    ['[[1710327600,1,2,3,4]]', /0\.5: Invalid input/],
    ['[[1710327600,null,2,3,4,5]]', /0\.1: Invalid input/],
  ])('to answer as documented is UPSTREAM_UNAVAILABLE: %s', async (body, message) => {
    const { market, server } = await openCoinbase();
    server.failNext({ body });
    const [answer] = await market.candles([MINUTE_AGO]);
    expect(answer).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(answer).toHaveProperty('message', expect.stringMatching(message));
    expect(server.calls.size).toBe(1);
  });

  it.each(['{"price":"NaN","time":"2024-03-13T11:00:00Z"}', '{"price":"5","time":"soon"}', '{}'])(
    'of a ticker to hold a price and a time is one: %s',
    async (body) => {
      const { market, server } = await openCoinbase();
      server.failNext({ path: '/ticker', body });
      expect(await market.tickers([BTC])).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE' }]);
    },
  );

  it('of our own, a bad request, is a plain error with what Coinbase says', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ status: 400, body: '{"message":"Count of aggregations requested exceeds 300"}' });
    const [answer] = await market.candles([MINUTE_AGO]);
    expect(answer).not.toHaveProperty('code');
    expect(answer).toHaveProperty('message', expect.stringContaining('Count of aggregations requested exceeds 300'));
    expect(market.faults()).toEqual([]);
  });

  it('of one symbol leaves the others', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ path: 'ETH-USD', status: 503, times: 3 });
    const answers = await market.candles([{ ...MINUTE_AGO, symbol: 'ETH-USD' }, MINUTE_AGO]);
    expect(answers[0]).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(onlyCandles(answers.slice(1))).toHaveLength(2);
  });
});

describe('faults', () => {
  it('name the latest failure and since when, until a call succeeds', async () => {
    const { market, server, time } = await openCoinbase();
    expect(market.faults()).toEqual([]);
    server.failNext({ status: 503, times: 3 });
    await market.instruments().catch(() => undefined);
    const since = new Date(time.clock.now()).toISOString();
    expect(market.faults()).toEqual([`Coinbase: 503 since ${since}`]);
    await time.advance(60_000);
    server.failNext({ status: 500, times: 3 });
    await market.instruments().catch(() => undefined);
    expect(market.faults()).toEqual([`Coinbase: 500 since ${since}`]);
    await market.instruments();
    expect(market.faults()).toEqual([]);
  });

  it('end with an unknown symbol: Coinbase has answered', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ status: 403 });
    await market.instruments().catch(() => undefined);
    expect(market.faults()).toHaveLength(1);
    await market.tickers(['NOPE-USD']);
    expect(market.faults()).toEqual([]);
  });

  it('tell of a base URL that is another server', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ status: 404 });
    await expect(market.instruments()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(market.faults()[0]).toContain('Coinbase: 404 since');
  });
});

describe('close', () => {
  it('aborts what runs, what waits for a token and what waits to be tried again', async () => {
    const time = new DrivenTime(NOW);
    const { market, server } = await openCoinbase({}, { clock: time.clock, sleep: time.sleep });
    server.failNext({ status: 503 });
    server.failNext({ delayMs: Infinity, times: 14 });
    const answers = market.candles(Array.from({ length: 16 }, () => MINUTE_AGO));
    // The sixteenth waits for a token, and one of the others for its backoff.
    while (server.requests.length < 15 || time.slept.length < 2) await turn();
    await market.close();
    for (const answer of await answers) {
      expect(answer).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(answer).toHaveProperty('message', expect.stringContaining('closing'));
    }
    await expect(market.instruments()).rejects.toThrow('closing');
    expect(server.requests).toHaveLength(15);
    expect(market.faults()).toEqual([]);
  });
});

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('The server has no port.');
  return address.port;
}
