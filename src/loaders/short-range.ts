import { countHandedBars, requiredBars } from '../analytics/backtest/simulate.js';
import { STRATEGIES } from '../analytics/backtest/strategies/catalogue.js';
import type { Strategy } from '../analytics/backtest/strategy.js';
import type { CandleColumns } from '../market/candle-columns.js';
import { badInput, type GatewayError } from '../support/gateway-error.js';
import type { BacktestKey } from './backtests.js';

/** Throws BAD_USER_INPUT where a range has no candle, or fewer than the strategy needs to decide anything. */
export function assertEnoughBars(bars: CandleColumns, key: BacktestKey): void {
  const { settings, symbol, timeframe } = key;
  if (bars.time.length === 0) throw emptyRange(key);
  const available = countHandedBars(bars, settings);
  const needed = requiredBars(settings.strategy);
  if (available >= needed) return;
  const { name, value } = longestWait(settings.strategy);
  const what = settings.dailySampling ? 'days' : `${timeframe} candles`;
  const rule = `fits into the ${available} ${what} that ${symbol} has in the range (${needed} are needed)`;
  throw badInput(`input.strategy.${settings.strategy.name}.${name}`, rule, value);
}

/** Private */
function emptyRange({ symbol, timeframe, from, to }: BacktestKey): GatewayError {
  const rule = `is of a range with closed ${timeframe} candles of ${symbol}`;
  const show = (time: number | null) => (time === null ? 'now' : new Date(time).toISOString());
  if (from !== null) return badInput('input.from', rule, `${show(from)} to ${show(to)}`);
  if (to !== null) return badInput('input.to', rule, show(to));
  return badInput('input.symbol', `has closed ${timeframe} candles`, symbol);
}

/** Private: of the parameters that count bars the greatest. */
function longestWait(strategy: Strategy): { readonly name: string; readonly value: number } {
  const values: Readonly<Record<string, unknown>> = { ...strategy };
  const { parameters = [] } = STRATEGIES.find(({ name }) => name === strategy.name) ?? {};
  const waits = parameters.filter(({ integer }) => integer).map(({ name }) => ({ name, value: Number(values[name]) }));
  return waits.reduce((longest, other) => (other.value > longest.value ? other : longest));
}
