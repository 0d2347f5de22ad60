import type { Strategy } from '../strategy.js';
import { bollingerReversion } from './bollinger-reversion.js';
import { buyAndHold } from './buy-and-hold.js';
import { donchianBreakout } from './donchian-breakout.js';
import { macdCross } from './macd-cross.js';
import type { Rule } from './rule.js';
import { rsiReversion } from './rsi-reversion.js';
import { smaCross } from './sma-cross.js';

/** The rule that a strategy is. Its parameters are those that `checkStrategy` has nothing against. */
export function ruleOf(strategy: Strategy): Rule {
  switch (strategy.name) {
    case 'smaCross':
      return smaCross(strategy);
    case 'rsiReversion':
      return rsiReversion(strategy);
    case 'macdCross':
      return macdCross(strategy);
    case 'bollingerReversion':
      return bollingerReversion(strategy);
    case 'donchianBreakout':
      return donchianBreakout(strategy);
    case 'buyAndHold':
      return buyAndHold(strategy);
  }
}
