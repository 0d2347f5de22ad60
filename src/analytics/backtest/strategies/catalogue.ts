import type { Strategy, StrategyName } from '../strategy.js';
import { BOLLINGER_REVERSION } from './bollinger-reversion.js';
import { BUY_AND_HOLD } from './buy-and-hold.js';
import { DONCHIAN_BREAKOUT } from './donchian-breakout.js';
import { MACD_CROSS } from './macd-cross.js';
import { RSI_REVERSION } from './rsi-reversion.js';
import { SMA_CROSS } from './sma-cross.js';
import type { ParameterDescription, StrategyDescription } from './strategy-description.js';

/** What is wrong with a parameter: a rule that it breaks. */
export interface StrategyFault {
  /** With its strategy: `smaCross.fast`. */
  readonly parameter: string;
  /** Follows the parameter: `is below slow`. */
  readonly rule: string;
  readonly received: unknown;
}

const DESCRIPTIONS: Readonly<Record<StrategyName, StrategyDescription>> = {
  smaCross: SMA_CROSS,
  rsiReversion: RSI_REVERSION,
  macdCross: MACD_CROSS,
  bollingerReversion: BOLLINGER_REVERSION,
  donchianBreakout: DONCHIAN_BREAKOUT,
  buyAndHold: BUY_AND_HOLD,
};

/** All strategies, in the order in which they are shown. */
export const STRATEGIES: readonly StrategyDescription[] = Object.values(DESCRIPTIONS);

/** The first fault of a strategy's parameters; `undefined` where it can be traded. */
export function checkStrategy(strategy: Strategy): StrategyFault | undefined {
  const values: Readonly<Record<string, unknown>> = { ...strategy };
  const { name: strategyName, parameters } = DESCRIPTIONS[strategy.name];
  const fault = (name: string, rule: string) => ({
    parameter: `${strategyName}.${name}`,
    rule,
    received: values[name],
  });
  for (const parameter of parameters) {
    if (!isAllowed(parameter, values[parameter.name])) return fault(parameter.name, ruleOfBounds(parameter));
  }
  for (const { name, below } of parameters) {
    if (below !== undefined && Number(values[name]) >= Number(values[below])) return fault(name, `is below ${below}`);
  }
  return undefined;
}

/** Private */
function isAllowed({ min, max, integer }: ParameterDescription, value: unknown): boolean {
  return typeof value === 'number' && value >= min && value <= max && (!integer || Number.isInteger(value));
}

/** Private */
function ruleOfBounds({ min, max, integer }: ParameterDescription): string {
  return `is a ${integer ? 'whole ' : ''}number from ${min} to ${max}`;
}
