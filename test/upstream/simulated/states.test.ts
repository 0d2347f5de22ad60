import { beforeAll, describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/market/candle.js';
import { CATALOG } from '../../../src/upstream/simulated/catalog.js';
import { candlesOf, drivenMarket } from './driven-market.js';

const MIDDLE = 200;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const returnOf = ({ open, close }: Candle) => Math.log(close / open);

describe('what pairs of the simulated market go through', () => {
  let days: (readonly Candle[])[];
  let quarters: (readonly Candle[])[];
  beforeAll(async () => {
    const { market } = drivenMarket();
    const all = (timeframe: 'D1' | 'H4') =>
      Promise.all(CATALOG.map(({ symbol }) => candlesOf(market, { symbol, timeframe, limit: 400 })));
    [days, quarters] = await Promise.all([all('D1'), all('H4')]);
  });

  it('trends up, trends down and does neither, each often', () => {
    for (const series of [days, quarters]) {
      const trends = series.map(trendOf);
      for (const trend of ['up', 'down', 'sideways']) {
        const share = trends.filter((one) => one === trend).length / trends.length;
        expect(share, trend).toBeGreaterThan(0.15);
        expect(share, trend).toBeLessThan(0.65);
      }
    }
  });

  it('crashes by more than 12 % in a day now and then, and soars, but rarely', () => {
    const moves = days.flat().map(({ open, close }) => close / open - 1);
    const crashes = moves.filter((move) => move < -0.12).length / moves.length;
    const surges = moves.filter((move) => move > 0.12).length / moves.length;
    expect(crashes).toBeGreaterThan(0.002);
    expect(surges).toBeGreaterThan(0.002);
    expect(crashes + surges).toBeLessThan(0.06);
  });

  it('ranges for weeks, after falls and after rises', () => {
    const ranging = days.filter((series) => isRange(series.slice(MIDDLE, MIDDLE + 40)));
    const before = (series: readonly Candle[]) => series[MIDDLE]!.close / series[MIDDLE - 40]!.close - 1;
    expect(ranging.length).toBeGreaterThan(25);
    expect(ranging.length).toBeLessThan(200);
    expect(ranging.filter((series) => before(series) < -0.1).length).toBeGreaterThan(5);
    expect(ranging.filter((series) => before(series) > 0.1).length).toBeGreaterThan(5);
  });

  it('has wild times and calm ones, and more volume in the wild', () => {
    const pairs = days.map((series) => {
      const sizes = series.map((day) => Math.abs(returnOf(day)));
      const typical = mean(sizes);
      const after = (wild: boolean) => mean(sizes.filter((_, day) => day > 0 && sizes[day - 1]! > typical === wild));
      const volume = (wild: boolean) =>
        mean(series.filter((_, day) => sizes[day]! > typical === wild).map((day) => day.volume));
      return { memory: after(true) / after(false), loud: volume(true) / volume(false) };
    });
    expect(mean(pairs.map(({ memory }) => memory))).toBeGreaterThan(1.2);
    expect(mean(pairs.map(({ loud }) => loud))).toBeGreaterThan(1.2);
  });

  it('tells next to nothing of the next move by the last one', () => {
    for (const series of [days, quarters]) {
      const memory = series.map((candles) => {
        const moves = candles.map(returnOf);
        return mean(moves.slice(1).map((move, index) => move * moves[index]!)) / mean(moves.map((move) => move ** 2));
      });
      expect(Math.abs(mean(memory))).toBeLessThan(0.08);
    }
  });

  it('does not repeat itself: no two pairs move together, and no pair like itself before', () => {
    const moves = days.slice(0, 40).map((series) => series.map(returnOf));
    const alike = (a: readonly number[], b: readonly number[]) =>
      mean(a.map((move, index) => move * b[index]!)) /
      Math.sqrt(mean(a.map((x) => x ** 2)) * mean(b.map((x) => x ** 2)));
    moves.forEach((pair, index) => {
      for (const other of moves.slice(index + 1)) expect(Math.abs(alike(pair, other))).toBeLessThan(0.5);
      for (const lag of [7, 30, 128]) expect(Math.abs(alike(pair.slice(lag), pair.slice(0, -lag)))).toBeLessThan(0.5);
    });
  });
});

/** Private: by the last two highs and lows that stand out among three neighbours on each side. */
function trendOf(candles: readonly Candle[]): 'up' | 'down' | 'sideways' {
  const outstanding = (value: (candle: Candle) => number) =>
    candles
      .filter((candle, index) => {
        const around = candles.slice(Math.max(0, index - 3), index + 4);
        return around.length === 7 && around.every((other) => other === candle || value(other) < value(candle));
      })
      .slice(-2)
      .map(value);
  const [highBefore = 0, high = 0] = outstanding((candle) => candle.high);
  const [depthBefore = 0, depth = 0] = outstanding((candle) => -candle.low);
  if (high > highBefore && depth < depthBefore) return 'up';
  return high < highBefore && depth > depthBefore ? 'down' : 'sideways';
}

/** Private: whether prices stay within ten usual days of each other and end in the half of them where they began. */
function isRange(candles: readonly Candle[]): boolean {
  const usual = mean(candles.map(({ high, low }) => high - low));
  const closes = candles.map(({ close }) => close);
  const width = Math.max(...closes) - Math.min(...closes);
  return width < 6 * usual && Math.abs(closes.at(-1)! - closes[0]!) < width / 2;
}
