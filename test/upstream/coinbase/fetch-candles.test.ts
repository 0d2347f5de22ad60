import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/market/candle.js';
import type { CandleRequest, MarketData } from '../../../src/market/market-data.js';
import { coinbaseProduct, type Silence } from '../../support/coinbase-server.js';
import { NOW, onlyCandles, openCoinbase, serverCandle } from './coinbase-world.js';
import { DrivenTime } from './driven-time.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BTC = 'BTC-USD';
const CANDLES = `/products/${BTC}/candles`;
/** The opening of the minute that NOW lies in. */
const THIS_MINUTE = NOW - 30_000;

async function fetchOne(market: MarketData, request: Omit<CandleRequest, 'symbol'>): Promise<readonly Candle[]> {
  return onlyCandles(await market.candles([{ symbol: BTC, ...request }]));
}

function times(candles: readonly Candle[]): number[] {
  return candles.map((candle) => candle.time);
}

function series(start: number, count: number, step: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i * step);
}

describe('candles of a native timeframe', () => {
  it('are the last before the present, ascending, with the open one', async () => {
    const { market, server } = await openCoinbase();
    const candles = await fetchOne(market, { timeframe: 'M1', limit: 3 });
    expect(candles).toEqual([
      serverCandle(BTC, THIS_MINUTE - 2 * MINUTE, 60),
      serverCandle(BTC, THIS_MINUTE - MINUTE, 60),
      serverCandle(BTC, THIS_MINUTE, 60, false, NOW),
    ]);
    expect(server.calls.get(CANDLES)).toBe(1);
  });

  it('begin with the one that opens this very moment', async () => {
    const { market, time } = await openCoinbase();
    await time.advance(30_000);
    expect(times(await fetchOne(market, { timeframe: 'M1', limit: 1 }))).toEqual([THIS_MINUTE + MINUTE]);
  });

  it('take the row in the order time, low, high, open, close, volume', async () => {
    const { market, server } = await openCoinbase();
    server.failNext({ body: JSON.stringify([[THIS_MINUTE / 1_000 - 60, 1, 4, 2, 3, 5]]) });
    const candles = await fetchOne(market, { timeframe: 'M1', to: THIS_MINUTE, from: THIS_MINUTE - MINUTE, limit: 1 });
    expect(candles).toEqual([
      { time: THIS_MINUTE - MINUTE, open: 2, high: 4, low: 1, close: 3, volume: 5, closed: true },
    ]);
  });

  it.each([
    [300, 1],
    [301, 2],
    [900, 3],
    [901, 4],
  ])('of a limit of %i take %i calls, and no call asks for more than 300 rows', async (limit, calls) => {
    const { market, server } = await openCoinbase();
    const candles = await fetchOne(market, { timeframe: 'M1', limit });
    expect(times(candles)).toEqual(series(THIS_MINUTE - (limit - 1) * MINUTE, limit, MINUTE));
    expect(server.calls.get(CANDLES)).toBe(calls);
    for (const { searchParams } of server.requests) {
      const [start, end] = [searchParams.get('start'), searchParams.get('end')].map((time) => Date.parse(time ?? ''));
      expect(((end ?? NaN) - (start ?? NaN)) / MINUTE + 1).toBeLessThanOrEqual(300);
    }
  });

  it('from a time on are the first from there, across pages', async () => {
    const { market, server } = await openCoinbase();
    const from = Date.UTC(2023, 0, 1);
    const candles = await fetchOne(market, { timeframe: 'H1', from, limit: 750 });
    expect(candles).toEqual(series(from, 750, HOUR).map((time) => serverCandle(BTC, time, 3_600)));
    expect(server.calls.get(CANDLES)).toBe(3);
  });

  it('open in [from, to), wherever those lie in their buckets', async () => {
    const { market } = await openCoinbase();
    const ten = Date.UTC(2024, 2, 13, 10);
    const hours = (from: number, to: number) => fetchOne(market, { timeframe: 'H1', from, to, limit: 10 }).then(times);
    expect(await hours(ten - 2 * HOUR, ten)).toEqual([ten - 2 * HOUR, ten - HOUR]);
    expect(await hours(ten - 2 * HOUR + 1, ten + 1)).toEqual([ten - HOUR, ten]);
    expect(await hours(ten, ten)).toEqual([]);
    expect(await hours(ten, ten - HOUR)).toEqual([]);
  });

  it('before a time are the last before it', async () => {
    const { market } = await openCoinbase();
    const to = Date.UTC(2020, 5, 1);
    expect(times(await fetchOne(market, { timeframe: 'D1', to, limit: 310 }))).toEqual(
      series(to - 310 * DAY, 310, DAY),
    );
  });

  it('of the future are none, without a call', async () => {
    const { market, server } = await openCoinbase();
    expect(await fetchOne(market, { timeframe: 'M1', from: NOW + MINUTE, limit: 10 })).toEqual([]);
    expect(server.calls.size).toBe(0);
  });

  it('are sorted where rows are not, and without those that Coinbase adds before start', async () => {
    const { market } = await openCoinbase({ unsorted: true, rowsBeforeStart: 40 });
    const from = THIS_MINUTE - 700 * MINUTE;
    const candles = await fetchOne(market, { timeframe: 'M1', from, to: from + 650 * MINUTE, limit: 650 });
    expect(candles).toEqual(series(from, 650, MINUTE).map((time) => serverCandle(BTC, time, 60)));
  });

  it('are without what lies after end, and once where a row comes twice', async () => {
    const { market, server } = await openCoinbase();
    const row = (time: number) => [time / 1_000, 1, 4, 2, 3, 5];
    const from = THIS_MINUTE - 3 * MINUTE;
    server.failNext({ body: JSON.stringify([row(THIS_MINUTE), row(from + MINUTE), row(from), row(from)]) });
    const candles = await fetchOne(market, { timeframe: 'M1', from, to: from + 2 * MINUTE, limit: 9 });
    expect(times(candles)).toEqual([from, from + MINUTE]);
    expect(candles[0]?.volume).toBe(5);
  });
});

describe('closed', () => {
  it('is what ended 5 s ago or earlier', async () => {
    const { market, time } = await openCoinbase();
    const closed = async () => (await fetchOne(market, { timeframe: 'M1', limit: 2 })).map((candle) => candle.closed);
    await time.advance(34_999);
    expect(time.clock.now()).toBe(THIS_MINUTE + MINUTE + 4_999);
    expect(await closed()).toEqual([false, false]);
    await time.advance(1);
    expect(await closed()).toEqual([true, false]);
    expect(market.closeDelayMs).toBe(5_000);
  });

  it('holds for built candles by their own end', async () => {
    const { market, time } = await openCoinbase();
    const last = async () => (await fetchOne(market, { timeframe: 'H4', from: Date.UTC(2024, 2, 13, 8), limit: 1 }))[0];
    expect(await last()).toMatchObject({ closed: false });
    await time.advance(HOUR - 30_000 + 4_999);
    expect(await last()).toMatchObject({ closed: false });
    await time.advance(1);
    expect(await last()).toMatchObject({ closed: true });
  });
});

describe('candles of a built timeframe', () => {
  it('H4 come from H1', async () => {
    const { market, server } = await openCoinbase();
    const from = Date.UTC(2024, 2, 1);
    const candles = await fetchOne(market, { timeframe: 'H4', from, limit: 150 });
    const hours = series(from + 4 * HOUR, 4, HOUR).map((time) => serverCandle(BTC, time, 3_600));
    expect(candles[1]).toEqual({
      time: from + 4 * HOUR,
      open: hours[0]?.open,
      high: Math.max(...hours.map((hour) => hour.high)),
      low: Math.min(...hours.map((hour) => hour.low)),
      close: hours[3]?.close,
      volume: hours.reduce((sum, hour) => sum + hour.volume, 0),
      closed: true,
    });
    expect(times(candles)).toEqual(series(from, (NOW - from) / (4 * HOUR) + 1, 4 * HOUR));
    expect(server.requests[0]?.searchParams.get('granularity')).toBe('3600');
  });

  it('W1 open on Mondays and MN1 on the first, and each holds all of its days', async () => {
    const { market, server } = await openCoinbase();
    const weeks = await fetchOne(market, { timeframe: 'W1', limit: 100 });
    expect(times(weeks)).toEqual(series(Date.UTC(2024, 2, 11) - 99 * 7 * DAY, 100, 7 * DAY));
    expect(server.calls.get(CANDLES)).toBe(3);
    const months = await fetchOne(market, { timeframe: 'MN1', limit: 30 });
    expect(times(months)).toEqual(Array.from({ length: 30 }, (_, i) => Date.UTC(2024, 2 - 29 + i, 1)));

    const dayVolume = serverCandle(BTC, 0, 86_400).volume;
    for (const week of weeks.slice(0, -1)) expect(week.volume).toBeCloseTo(7 * dayVolume, 6);
    for (const { time, volume } of months.slice(0, -1)) {
      const days = new Date(
        Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth() + 1, 0),
      ).getUTCDate();
      expect(volume).toBeCloseTo(days * dayVolume, 6);
    }
    expect(weeks.at(-1)).toMatchObject({ closed: false });
    expect(months.at(-1)).toMatchObject({ closed: false });
  });
});

describe('gaps', () => {
  const NIGHT: Silence = { from: THIS_MINUTE - 200 * MINUTE, to: THIS_MINUTE - 150 * MINUTE };

  it('stay gaps, and the limit is filled from beyond them', async () => {
    const { market } = await openCoinbase({ silences: [NIGHT] });
    const candles = await fetchOne(market, { timeframe: 'M1', limit: 300 });
    expect(times(candles)).toEqual([
      ...series(NIGHT.from - 150 * MINUTE + MINUTE, 149, MINUTE),
      ...series(NIGHT.to, 151, MINUTE),
    ]);
  });

  it('stay gaps from a time on, too', async () => {
    const { market } = await openCoinbase({ silences: [NIGHT] });
    const from = NIGHT.from - 280 * MINUTE;
    const candles = await fetchOne(market, { timeframe: 'M1', from, limit: 300 });
    expect(times(candles)).toEqual([...series(from, 280, MINUTE), ...series(NIGHT.to, 20, MINUTE)]);
  });

  it('of hours are bridged within their day, in either direction', async () => {
    const halt: Silence = { from: Date.UTC(2024, 2, 12, 2), to: Date.UTC(2024, 2, 12, 20) };
    const { market } = await openCoinbase({ silences: [halt] });
    const [first, last] = [halt.from - 60 * MINUTE, halt.to + 60 * MINUTE];
    const expected = [...series(first, 60, MINUTE), ...series(halt.to, 60, MINUTE)];
    expect(times(await fetchOne(market, { timeframe: 'M1', from: first, limit: 120 }))).toEqual(expected);
    expect(times(await fetchOne(market, { timeframe: 'M1', to: last, limit: 120 }))).toEqual(expected);
  });

  it('of months are skipped by their days, in either direction', async () => {
    const halt: Silence = { from: Date.UTC(2023, 3, 1), to: Date.UTC(2023, 9, 1) };
    const { market, server } = await openCoinbase({ silences: [halt] });
    const before = await fetchOne(market, { timeframe: 'M1', to: halt.to + 2 * MINUTE, limit: 4 });
    expect(times(before)).toEqual([halt.from - 2 * MINUTE, halt.from - MINUTE, halt.to, halt.to + MINUTE]);
    // Two minutes and the silence before them; an empty page; the days; the page before the silence.
    expect(server.calls.get(CANDLES)).toBeLessThanOrEqual(4);

    const after = await fetchOne(market, { timeframe: 'M1', from: halt.from - MINUTE, limit: 3 });
    expect(times(after)).toEqual([halt.from - MINUTE, halt.to, halt.to + MINUTE]);
    expect(server.calls.get(CANDLES)).toBeLessThanOrEqual(8);
  });

  it('before the listing end the series, looking back', async () => {
    const listed = NOW - (NOW % DAY) - 100 * DAY;
    const { market, server } = await openCoinbase({ silences: [{ from: 0, to: listed }] });
    expect(times(await fetchOne(market, { timeframe: 'D1', limit: 400 }))).toEqual(series(listed, 101, DAY));
    expect(server.calls.get(CANDLES)).toBeLessThanOrEqual(4);
  });

  it('before the listing are skipped from a time on', async () => {
    const listed = Date.UTC(2021, 5, 3, 14, 25);
    const { market } = await openCoinbase({ silences: [{ from: 0, to: listed }] });
    const candles = await fetchOne(market, { timeframe: 'M5', from: 0, limit: 3 });
    expect(times(candles)).toEqual(series(listed, 3, 5 * MINUTE));
  });

  describe('of a product that trades every five hours', () => {
    const step = 300 * MINUTE;
    const silences = Array.from({ length: 1_000 }, (_, i) => {
      const trade = THIS_MINUTE - i * step;
      return { from: trade - step + MINUTE, to: trade };
    });

    it('are bridged for a while, looking back: the candles are fewer but whole', async () => {
      const { market, server } = await openCoinbase({ silences });
      const candles = await fetchOne(market, { timeframe: 'M1', limit: 300 });
      expect(times(candles)).toEqual(series(THIS_MINUTE - 51 * step, 52, step));
      expect(server.calls.get(CANDLES)).toBe(52);
    });

    it('are an error from a time on, where they cannot be bridged', async () => {
      const { market } = await openCoinbase({ silences });
      const [answer] = await market.candles([
        { symbol: BTC, timeframe: 'M1', from: THIS_MINUTE - 900 * step, limit: 300 },
      ]);
      expect(answer).toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: 'limit', received: 300 } });
    });
  });
});

describe('a batch of requests', () => {
  it('answers in order, each failure in its place, and pages side by side', async () => {
    const products = ['BTC-USD', 'ETH-USD', 'SOL-USD'].map((id) => coinbaseProduct(id));
    const { market, server } = await openCoinbase({ products });
    const ask = (symbol: string) => ({ symbol, timeframe: 'M1' as const, limit: 310 });
    const answers = await market.candles([ask('ETH-USD'), ask('NOPE-USD'), ask('BTC-USD'), ask('../time')]);
    expect(answers).toHaveLength(4);
    const [eth, nope, btc, path] = answers;
    expect(eth).toHaveProperty('length', 310);
    expect(eth).toHaveProperty('0', serverCandle('ETH-USD', THIS_MINUTE - 309 * MINUTE, 60));
    expect(btc).toHaveProperty('0', serverCandle('BTC-USD', THIS_MINUTE - 309 * MINUTE, 60));
    expect(nope).toMatchObject({ code: 'NOT_FOUND', details: { symbol: 'NOPE-USD' } });
    expect(path).toMatchObject({ code: 'NOT_FOUND', details: { symbol: '../time' } });
    expect(new Set(server.calls.keys())).toEqual(
      new Set(['/products/ETH-USD/candles', '/products/NOPE-USD/candles', CANDLES]),
    );
  });

  it('does not send what is left of a request that has failed', async () => {
    const time = new DrivenTime(NOW);
    const { market, server } = await openCoinbase({}, { clock: time.clock, sleep: time.sleep });
    const [nope] = await market.candles([{ symbol: 'NOPE-USD', timeframe: 'M1', limit: 300 * 40 }]);
    expect(nope).toMatchObject({ code: 'NOT_FOUND' });
    const instruments = market.instruments();
    await time.advance(100);
    expect(await instruments).toHaveLength(15);
    expect(server.calls.get('/products/NOPE-USD/candles')).toBe(15);
  });
});
