import type { BacktestStatistics } from '../analytics/backtest/run-backtest.js';
import { builder } from './builder.js';

export const BacktestStatsType = builder.objectRef<BacktestStatistics>('BacktestStats').implement({
  description:
    'Figures of a backtest, as backtesting.py defines them. One that does not exist is null. After a total loss the annualized return ' +
    'and the ratios by it are 0, as published (the geometric mean is 0), and the pnl of the trades may add up to less than -cash.',
  fields: (t) => ({
    startAt: t.field({ type: 'DateTime', description: 'First bar.', resolve: ({ startAt }) => startAt }),
    endAt: t.field({ type: 'DateTime', description: 'Last bar.', resolve: ({ endAt }) => endAt }),
    durationSeconds: t.exposeInt('durationSeconds', { description: 'From the first bar to the last.' }),
    exposurePercent: t.exposeFloat('exposurePercent', { description: 'Share of the bars on which a trade was open.' }),
    finalEquity: t.field({
      type: 'Decimal',
      description: 'At the end, quote units.',
      resolve: ({ finalEquity }) => finalEquity,
    }),
    peakEquity: t.field({
      type: 'Decimal',
      description: 'At its highest, quote units.',
      resolve: ({ peakEquity }) => peakEquity,
    }),
    commissions: t.field({
      type: 'Decimal',
      description: 'Paid in all, quote units.',
      resolve: ({ commissions }) => commissions,
    }),
    totalReturnPercent: t.exposeFloat('totalReturnPercent', { description: 'Of the money at the start.' }),
    buyAndHoldReturnPercent: t.exposeFloat('buyAndHoldReturnPercent', {
      nullable: true,
      description: 'Of the market itself, from the first bar on which the strategy is warm.',
    }),
    annualizedReturnPercent: t.exposeFloat('annualizedReturnPercent', {
      nullable: true,
      description: 'A year, by the geometric mean of the days.',
    }),
    volatilityPercent: t.exposeFloat('volatilityPercent', { nullable: true, description: 'A year, of the days.' }),
    cagrPercent: t.exposeFloat('cagrPercent', { nullable: true, description: 'Compound annual growth rate.' }),
    sharpeRatio: t.exposeFloat('sharpeRatio', {
      nullable: true,
      description: 'Annualized return by volatility, without a risk-free rate.',
    }),
    sortinoRatio: t.exposeFloat('sortinoRatio', {
      nullable: true,
      description: 'Annualized return by the deviation of the days that lost.',
    }),
    calmarRatio: t.exposeFloat('calmarRatio', {
      nullable: true,
      description: 'Annualized return by the deepest drawdown.',
    }),
    alphaPercent: t.exposeFloat('alphaPercent', {
      nullable: true,
      description: 'Return beyond what beta times the market gave.',
    }),
    beta: t.exposeFloat('beta', { nullable: true, description: 'How much of a move of the market it takes part in.' }),
    maxDrawdownPercent: t.exposeFloat('maxDrawdownPercent', {
      description: 'Deepest fall from a peak. Zero or negative.',
    }),
    avgDrawdownPercent: t.exposeFloat('avgDrawdownPercent', {
      nullable: true,
      description: 'Mean of the depths of the drawdowns. Zero or negative.',
    }),
    maxDrawdownDurationSeconds: t.exposeInt('maxDrawdownDurationSeconds', {
      nullable: true,
      description: 'Longest time from a peak until it is reached again, or the end.',
    }),
    avgDrawdownDurationSeconds: t.exposeInt('avgDrawdownDurationSeconds', {
      nullable: true,
      description: 'Mean of these times.',
    }),
    tradeCount: t.exposeInt('tradeCount', { description: 'Closed trades.' }),
    winRatePercent: t.exposeFloat('winRatePercent', { nullable: true, description: 'Share of trades that gained.' }),
    bestTradePercent: t.exposeFloat('bestTradePercent', { nullable: true, description: 'Highest return of a trade.' }),
    worstTradePercent: t.exposeFloat('worstTradePercent', { nullable: true, description: 'Lowest return of a trade.' }),
    avgTradePercent: t.exposeFloat('avgTradePercent', {
      nullable: true,
      description: 'Geometric mean of the returns of the trades.',
    }),
    maxTradeDurationSeconds: t.exposeInt('maxTradeDurationSeconds', { nullable: true, description: 'Longest trade.' }),
    avgTradeDurationSeconds: t.exposeInt('avgTradeDurationSeconds', { nullable: true, description: 'Mean of trades.' }),
    profitFactor: t.exposeFloat('profitFactor', {
      nullable: true,
      description: 'Returns of the trades that gained by those of the trades that lost.',
    }),
    expectancyPercent: t.exposeFloat('expectancyPercent', {
      nullable: true,
      description: 'Arithmetic mean of the returns of the trades.',
    }),
    sqn: t.exposeFloat('sqn', { nullable: true, description: 'System quality number.' }),
    kellyCriterion: t.exposeFloat('kellyCriterion', {
      nullable: true,
      description: 'Share of the money to bet, 1 for all of it.',
    }),
  }),
});
