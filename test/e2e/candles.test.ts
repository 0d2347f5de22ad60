import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

const HOUR = 3_600_000;
/** A Friday, so that the week's candle begins on the Monday before. */
const BEGUN = Date.UTC(2024, 2, 1);
/** Ten days of hours, in which the second day lacks its hours from 4 to 9 and the fourth day is missing whole. */
const isMissing = (hour: number) => (hour >= 28 && hour < 34) || (hour >= 72 && hour < 96);

interface Candle {
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly closed: boolean;
}

const CANDLES = `query ($symbol: String!, $timeframe: Timeframe!, $from: DateTime, $to: DateTime) {
  candles(symbol: $symbol, timeframe: $timeframe, from: $from, to: $to) { time open high low close volume closed }
}`;

async function candlesOf(gateway: TestGateway, variables: Record<string, string>): Promise<readonly Candle[]> {
  const { body } = await gateway.query<{ candles: Candle[] }>(CANDLES, variables);
  expect(body.errors).toBeUndefined();
  return body.data?.candles ?? [];
}

describe('candles built from hours', () => {
  let folder: string;
  let gateway: TestGateway;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'candles-'));
    const rows = Array.from({ length: 240 }, (_, hour) => hour)
      .filter((hour) => !isMissing(hour))
      .map((hour) => [new Date(BEGUN + hour * HOUR).toISOString(), hour, hour + 2, hour - 2, hour + 1, 10].join());
    // Without the last two hours the source ends in the middle of a bucket of four.
    await writeFile(join(folder, 'ONE_1h.csv'), ['date,open,high,low,close,volume', ...rows.slice(0, -2)].join('\n'));
    gateway = await startGateway({ MARKET_SOURCE: `csv:${folder}` });
  });

  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it('open where their bucket does, and leave a bucket without an hour out', async () => {
    const fours = await candlesOf(gateway, { symbol: 'ONE', timeframe: 'H4', to: '2024-03-06T00:00:00Z' });
    const gap = fours.findIndex(({ time }) => time === '2024-03-02T00:00:00.000Z');
    expect(fours.slice(gap, gap + 3)).toEqual([
      { time: '2024-03-02T00:00:00.000Z', open: 24, high: 29, low: 22, close: 28, volume: 40, closed: true },
      // The hours 4 to 7 are missing whole, of 8 to 11 the first two.
      { time: '2024-03-02T08:00:00.000Z', open: 34, high: 37, low: 32, close: 36, volume: 20, closed: true },
      { time: '2024-03-02T12:00:00.000Z', open: 36, high: 41, low: 34, close: 40, volume: 40, closed: true },
    ]);
  });

  it('make days, a missing one being none, and weeks from Monday', async () => {
    const days = await candlesOf(gateway, { symbol: 'ONE', timeframe: 'D1' });
    expect(days.map(({ time }) => time.slice(8, 10))).toEqual(['01', '02', '03', '05', '06', '07', '08', '09', '10']);
    const weeks = await candlesOf(gateway, { symbol: 'ONE', timeframe: 'W1' });
    expect(weeks.map(({ time, open, close }) => [time.slice(0, 10), open, close])).toEqual([
      ['2024-02-26', 0, 72],
      ['2024-03-04', 96, 238],
    ]);
  });

  it('are closed once their bucket has ended', async () => {
    const [last] = (await candlesOf(gateway, { symbol: 'ONE', timeframe: 'H4' })).slice(-1);
    expect(last).toMatchObject({ time: '2024-03-10T20:00:00.000Z', close: 238, volume: 20, closed: false });
  });

  it('refuse what hours can not make', async () => {
    const { body } = await gateway.query(CANDLES, { symbol: 'ONE', timeframe: 'M5' });
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      argument: 'timeframe',
      received: 'M5',
    });
  });
});

const REAL = '../shared/data/binance_1h_2023';

describe.skipIf(!existsSync(REAL))('candles built from real hours (needs the shared candles)', () => {
  it('keep the hour without trades of 2023-03-24 a gap, and lose nothing beside it', async () => {
    const gateway = await startGateway({ MARKET_SOURCE: `csv:${REAL}` });
    try {
      const range = { symbol: 'BTCUSDT', from: '2023-03-24T00:00:00Z', to: '2023-03-25T00:00:00Z' };
      const hours = await candlesOf(gateway, { ...range, timeframe: 'H1' });
      expect(hours).toHaveLength(23);
      expect(hours.map(({ time }) => time)).not.toContain('2023-03-24T13:00:00.000Z');
      for (const timeframe of ['H4', 'D1']) {
        const built = await candlesOf(gateway, { ...range, timeframe });
        expect(built).toHaveLength(timeframe === 'H4' ? 6 : 1);
        expect(Math.max(...built.map(({ high }) => high))).toBe(Math.max(...hours.map(({ high }) => high)));
        const sum = (candles: readonly Candle[]) => candles.reduce((total, { volume }) => total + volume, 0);
        expect(sum(built)).toBeCloseTo(sum(hours), 6);
      }
    } finally {
      await gateway.close();
    }
  });
});
