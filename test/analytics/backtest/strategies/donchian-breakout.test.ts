import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { donchianBreakout } from '../../../../src/analytics/backtest/strategies/donchian-breakout.js';
import { arbitraryBars } from '../support/bars.js';
import { signsOf } from '../support/signals.js';

type HighLowClose = readonly [high: number, low: number, close: number];

describe('donchianBreakout', () => {
  it('is up when the close crosses the highest high of the bars before it', () => {
    expect(signs([11, 8, 9], [10, 9, 10], [10, 9, 10], [12, 9, 11.5], [13, 11, 12.5])).toBe('...+.');
  });

  it('is down when it crosses their lowest low', () => {
    expect(signs([11, 8, 9], [10, 9, 10], [10, 9, 9.5], [10, 8, 8.5], [9, 7, 8.2])).toBe('...-.');
  });

  it('says nothing for a high or a low alone', () => {
    expect(signs([11, 8, 9], [10, 9, 10], [10, 9, 10], [20, 1, 9.5])).toBe('....');
  });

  it('says nothing from a close on the edge', () => {
    expect(signs([10, 8, 9], [10, 8, 9], [10, 8, 10], [12, 9, 11])).toBe('....');
    expect(signs([10, 8, 9], [10, 8, 9], [10, 8, 8], [9, 6, 7])).toBe('....');
  });

  it('forgets the bars before the period', () => {
    expect(signs([99, 1, 9], [10, 8, 9], [10, 8, 9], [10, 8, 9], [12, 8, 11])).toBe('....+');
  });

  it('is warm after the period, and speaks from the next bar on', () => {
    expect(donchianBreakout({ name: 'donchianBreakout', period: 20 })).toMatchObject({
      warmup: 20,
      earliest: 21,
      reenters: false,
    });
  });

  it('equals the extremes taken anew before every bar', () => {
    fc.assert(
      fc.property(arbitraryBars(), fc.integer({ min: 1, max: 6 }), (bars, period) => {
        const sideOf = (index: number) => {
          const window = <T>(column: Iterable<T>) => [...column].slice(index - period, index);
          const close = bars.close[index] ?? NaN;
          return index < period
            ? { high: NaN, low: NaN }
            : { high: close - Math.max(...window(bars.high)), low: close - Math.min(...window(bars.low)) };
        };
        const naive = [...bars.close.keys()].map((index) => {
          if (index === 0) return '.';
          const [before, now] = [sideOf(index - 1), sideOf(index)];
          return before.high < 0 && now.high > 0 ? '+' : before.low > 0 && now.low < 0 ? '-' : '.';
        });
        expect(signsOf(donchianBreakout({ name: 'donchianBreakout', period }).signals(bars))).toBe(naive.join(''));
      }),
    );
  });

  function signs(...bars: readonly HighLowClose[]): string {
    const column = (pick: (bar: HighLowClose) => number) => Float64Array.from(bars, pick);
    const columns = {
      high: column(([high]) => high),
      low: column(([, low]) => low),
      close: column(([, , close]) => close),
    };
    return signsOf(donchianBreakout({ name: 'donchianBreakout', period: 2 }).signals(columns));
  }
});
