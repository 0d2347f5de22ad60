import { describe, expect, it } from 'vitest';
import { checkStrategy, STRATEGIES } from '../../../../src/analytics/backtest/strategies/catalogue.js';
import type { Strategy, StrategyName } from '../../../../src/analytics/backtest/strategy.js';

const DEFAULTS = {
  smaCross: { name: 'smaCross', fast: 10, slow: 30 },
  rsiReversion: { name: 'rsiReversion', period: 14, oversold: 30, overbought: 70 },
  macdCross: { name: 'macdCross', fast: 12, slow: 26, signal: 9 },
  bollingerReversion: { name: 'bollingerReversion', period: 20, deviations: 2 },
  donchianBreakout: { name: 'donchianBreakout', period: 20 },
  buyAndHold: { name: 'buyAndHold', afterBars: 0 },
} as const satisfies Record<StrategyName, Strategy>;

describe('STRATEGIES', () => {
  it('lists the six with the defaults of the schema', () => {
    const listed = STRATEGIES.map(({ name, parameters }) => ({
      name,
      ...Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default])),
    }));
    expect(listed).toEqual(Object.values(DEFAULTS));
  });

  it('describes every strategy and parameter in sentences', () => {
    for (const { title, description, parameters } of STRATEGIES) {
      expect(title).not.toBe('');
      for (const text of [description, ...parameters.map((each) => each.description)])
        expect(text).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has whole numbers for periods and waits alone', () => {
    const fractional = STRATEGIES.flatMap(({ parameters }) => parameters.filter(({ integer }) => !integer));
    expect(fractional.map(({ name }) => name)).toEqual(['oversold', 'overbought', 'deviations']);
  });
});

describe('checkStrategy', () => {
  it.each(Object.values(DEFAULTS))('has nothing against the defaults of $name', (strategy) => {
    expect(checkStrategy(strategy)).toBeUndefined();
  });

  it.each<Strategy>([
    { name: 'smaCross', fast: 1, slow: 2 },
    { name: 'smaCross', fast: 999, slow: 1_000 },
    { name: 'rsiReversion', period: 2, oversold: 0, overbought: 100 },
    { name: 'rsiReversion', period: 1_000, oversold: 49.9, overbought: 50 },
    { name: 'macdCross', fast: 1, slow: 2, signal: 2 },
    { name: 'bollingerReversion', period: 2, deviations: 0.1 },
    { name: 'bollingerReversion', period: 1_000, deviations: 10 },
    { name: 'donchianBreakout', period: 1 },
    { name: 'buyAndHold', afterBars: 10_000 },
  ])('has nothing against the bounds: %j', (strategy) => {
    expect(checkStrategy(strategy)).toBeUndefined();
  });

  it.each<[Strategy, parameter: string, rule: string, received: number]>([
    [{ ...DEFAULTS.smaCross, fast: 0 }, 'smaCross.fast', 'is a whole number from 1 to 1000', 0],
    [{ ...DEFAULTS.smaCross, slow: 1_001 }, 'smaCross.slow', 'is a whole number from 2 to 1000', 1_001],
    [{ ...DEFAULTS.smaCross, fast: 1.5 }, 'smaCross.fast', 'is a whole number from 1 to 1000', 1.5],
    [{ ...DEFAULTS.smaCross, fast: NaN }, 'smaCross.fast', 'is a whole number from 1 to 1000', NaN],
    [{ ...DEFAULTS.smaCross, slow: Infinity }, 'smaCross.slow', 'is a whole number from 2 to 1000', Infinity],
    [{ ...DEFAULTS.smaCross, fast: 30 }, 'smaCross.fast', 'is below slow', 30],
    [{ ...DEFAULTS.smaCross, fast: 50, slow: 20 }, 'smaCross.fast', 'is below slow', 50],
    [{ ...DEFAULTS.macdCross, fast: 26 }, 'macdCross.fast', 'is below slow', 26],
    [{ ...DEFAULTS.macdCross, signal: 1 }, 'macdCross.signal', 'is a whole number from 2 to 1000', 1],
    [{ ...DEFAULTS.rsiReversion, period: 1 }, 'rsiReversion.period', 'is a whole number from 2 to 1000', 1],
    [{ ...DEFAULTS.rsiReversion, oversold: -0.1 }, 'rsiReversion.oversold', 'is a number from 0 to 100', -0.1],
    [{ ...DEFAULTS.rsiReversion, overbought: 100.1 }, 'rsiReversion.overbought', 'is a number from 0 to 100', 100.1],
    [{ ...DEFAULTS.rsiReversion, oversold: 70 }, 'rsiReversion.oversold', 'is below overbought', 70],
    [{ ...DEFAULTS.bollingerReversion, period: 1 }, 'bollingerReversion.period', 'is a whole number from 2 to 1000', 1],
    [
      { ...DEFAULTS.bollingerReversion, deviations: 0 },
      'bollingerReversion.deviations',
      'is a number from 0.1 to 10',
      0,
    ],
    [
      { ...DEFAULTS.bollingerReversion, deviations: NaN },
      'bollingerReversion.deviations',
      'is a number from 0.1 to 10',
      NaN,
    ],
    [{ ...DEFAULTS.donchianBreakout, period: 0 }, 'donchianBreakout.period', 'is a whole number from 1 to 1000', 0],
    [{ ...DEFAULTS.buyAndHold, afterBars: -1 }, 'buyAndHold.afterBars', 'is a whole number from 0 to 10000', -1],
  ])('names the parameter, the rule and what came: %j', (strategy, parameter, rule, received) => {
    expect(checkStrategy(strategy)).toEqual({ parameter, rule, received });
  });

  it('says what is out of bounds before what is out of order', () => {
    expect(checkStrategy({ name: 'smaCross', fast: 10, slow: 0 })).toMatchObject({ parameter: 'smaCross.slow' });
    expect(checkStrategy({ name: 'smaCross', fast: 10, slow: NaN })).toMatchObject({ parameter: 'smaCross.slow' });
  });
});
