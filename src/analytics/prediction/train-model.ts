import type { Candle } from '../../market/candle.js';
import type { CandleColumns } from '../../market/candle-columns.js';
import { scoreForecasts, type ForecastScore } from './forecast-score.js';
import { candlesForRows, labelRows } from './labelled-row.js';
import { fitLogisticRegression, type LogisticRegression } from './logistic-regression.js';
import { LEAST_ROWS, TRAIN_ROWS, walkForward } from './walk-forward.js';

/** What predicts a direction, and how good predicting so has been. Plain JSON. */
export interface DirectionModel {
  readonly regression: LogisticRegression;
  /** Rows that it was fitted to, the latest of those that were given. */
  readonly samples: number;
  /** Of models that were fitted as this one was, each tried on what came after it. */
  readonly walkForward: ForecastScore;
}

/** The fewest closed candles that a model can be trained on. */
export const LEAST_CANDLES = candlesForRows(LEAST_ROWS);

/** The model of ascending closed candles; work for a thread. A RangeError where they are fewer than {@link LEAST_CANDLES}. */
export function trainModel(bars: CandleColumns): DirectionModel {
  if (bars.time.length < LEAST_CANDLES) {
    throw new RangeError(`A model needs ${LEAST_CANDLES} closed candles, but got: ${bars.time.length}`);
  }
  const rows = labelRows(toCandles(bars));
  const latest = rows.slice(-TRAIN_ROWS);
  return {
    regression: fitLogisticRegression(latest),
    samples: latest.length,
    walkForward: scoreForecasts(walkForward(rows)),
  };
}

/** Private */
function toCandles({ time, open, high, low, close, volume }: CandleColumns): Candle[] {
  return Array.from(time, (at, i) => ({
    time: at,
    open: open[i] ?? NaN,
    high: high[i] ?? NaN,
    low: low[i] ?? NaN,
    close: close[i] ?? NaN,
    volume: volume[i] ?? NaN,
    closed: true,
  }));
}
