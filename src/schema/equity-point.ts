import type { EquityCurve } from '../analytics/backtest/run-backtest.js';
import { builder } from './builder.js';

interface EquityPoint {
  /** ms since the epoch. */
  readonly time: number;
  readonly equity: number;
  readonly drawdownPercent: number;
}

export const EquityPointType = builder.objectRef<EquityPoint>('EquityPoint').implement({
  description: 'What there was at a bar: money and the value of what was held.',
  fields: (t) => ({
    time: t.field({ type: 'DateTime', description: 'Opening time of the bar.', resolve: ({ time }) => time }),
    timestamp: t.int({ description: 'time as Unix seconds.', resolve: ({ time }) => Math.floor(time / 1_000) }),
    equity: t.exposeFloat('equity', { description: "At the bar's close, quote units." }),
    drawdownPercent: t.exposeFloat('drawdownPercent', {
      description: 'Against the highest so far. Zero or negative.',
    }),
  }),
});

/** A curve point by point. */
export function toEquityPoints({ time, equity, drawdownPercent }: EquityCurve): EquityPoint[] {
  return time.map((each, i) => ({ time: each, equity: equity[i] ?? 0, drawdownPercent: drawdownPercent[i] ?? 0 }));
}
