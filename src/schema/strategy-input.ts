import { STRATEGIES } from '../analytics/backtest/strategies/catalogue.js';
import type { Strategy, StrategyName } from '../analytics/backtest/strategy.js';
import { builder } from './builder.js';

const SmaCrossInput = builder.inputType('SmaCrossInput', {
  description: 'Two moving averages that cross.',
  fields: (t) => ({ fast: t.int(parameter('smaCross', 'fast')), slow: t.int(parameter('smaCross', 'slow')) }),
});

const RsiReversionInput = builder.inputType('RsiReversionInput', {
  description: 'The relative strength index as it rises over a level: up over oversold, down over overbought.',
  fields: (t) => ({
    period: t.int(parameter('rsiReversion', 'period')),
    oversold: t.float(parameter('rsiReversion', 'oversold')),
    overbought: t.float(parameter('rsiReversion', 'overbought')),
  }),
});

const MacdCrossInput = builder.inputType('MacdCrossInput', {
  description: 'The line of the MACD that crosses its signal.',
  fields: (t) => ({
    fast: t.int(parameter('macdCross', 'fast')),
    slow: t.int(parameter('macdCross', 'slow')),
    signal: t.int(parameter('macdCross', 'signal')),
  }),
});

const BollingerReversionInput = builder.inputType('BollingerReversionInput', {
  description: 'The close as it comes back into the Bollinger bands.',
  fields: (t) => ({
    period: t.int(parameter('bollingerReversion', 'period')),
    deviations: t.float(parameter('bollingerReversion', 'deviations')),
  }),
});

const DonchianBreakoutInput = builder.inputType('DonchianBreakoutInput', {
  description: 'The close as it leaves the range of the bars before it.',
  fields: (t) => ({ period: t.int(parameter('donchianBreakout', 'period')) }),
});

const BuyAndHoldInput = builder.inputType('BuyAndHoldInput', {
  description: 'One purchase: what others are measured by.',
  fields: (t) => ({ afterBars: t.int(parameter('buyAndHold', 'afterBars')) }),
});

export const StrategyInput = builder.inputType('StrategyInput', {
  isOneOf: true,
  description: 'One strategy with its parameters; strategies tells what they mean and how they are bounded.',
  fields: (t) => ({
    smaCross: t.field({ type: SmaCrossInput, description: describe('smaCross') }),
    rsiReversion: t.field({ type: RsiReversionInput, description: describe('rsiReversion') }),
    macdCross: t.field({ type: MacdCrossInput, description: describe('macdCross') }),
    bollingerReversion: t.field({ type: BollingerReversionInput, description: describe('bollingerReversion') }),
    donchianBreakout: t.field({ type: DonchianBreakoutInput, description: describe('donchianBreakout') }),
    buyAndHold: t.field({ type: BuyAndHoldInput, description: describe('buyAndHold') }),
  }),
});

/** The strategy that was chosen. */
export function toStrategy(input: typeof StrategyInput.$inferInput): Strategy {
  if (input.smaCross) return { name: 'smaCross', ...input.smaCross };
  if (input.rsiReversion) return { name: 'rsiReversion', ...input.rsiReversion };
  if (input.macdCross) return { name: 'macdCross', ...input.macdCross };
  if (input.bollingerReversion) return { name: 'bollingerReversion', ...input.bollingerReversion };
  if (input.donchianBreakout) return { name: 'donchianBreakout', ...input.donchianBreakout };
  if (input.buyAndHold) return { name: 'buyAndHold', ...input.buyAndHold };
  throw new TypeError('GraphQL lets nothing pass that is not one of them.');
}

/** Private: a field as the catalogue has it. */
function parameter(strategy: StrategyName, name: string) {
  const found = find(strategy).parameters.find((each) => each.name === name);
  if (!found) throw new TypeError(`The strategy ${strategy} has no parameter ${name}.`);
  const { description, min, max, default: defaultValue } = found;
  return { required: true as const, defaultValue, description: `${description} ${min} to ${max}.` };
}

/** Private */
function describe(strategy: StrategyName): string {
  return find(strategy).description;
}

/** Private */
function find(strategy: StrategyName) {
  const found = STRATEGIES.find(({ name }) => name === strategy);
  if (!found) throw new TypeError(`There is no strategy ${strategy}.`);
  return found;
}
