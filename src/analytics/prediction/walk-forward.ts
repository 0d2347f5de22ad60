import { HORIZON, type LabelledRow } from './labelled-row.js';
import { fitLogisticRegression, probabilityOfUp } from './logistic-regression.js';

/** What was forecast for a row by a model that had seen none of it, and what came. */
export interface Forecast {
  /** The model's. */
  readonly probabilityUp: number;
  /** The share of ups among the rows that the model was fitted to: what it has to beat. */
  readonly baseRate: number;
  readonly isUp: boolean;
}

/** A model is fitted to so many rows, here and where it is to predict, so that what is told of the one holds for the other. */
export const TRAIN_ROWS = 500;
/** Between the rows that a model is fitted to and those that it is tried on: those whose label tells of a candle that is tried. */
export const EMBARGO_ROWS = HORIZON;
/** Rows that are forecast before the model is fitted anew. */
export const TEST_ROWS = 50;
/** The fewest that give a forecast. */
export const LEAST_ROWS = TRAIN_ROWS + EMBARGO_ROWS + TEST_ROWS;

/**
 * Forecasts as they would have been made: a model is fitted to 500 rows and tried on the 50 after the embargo, then fitted anew 50 rows
 * further on. `rows` ascend; the first window begins with the first, and what does not fill a last one is left.
 */
export function walkForward(rows: readonly LabelledRow[]): Forecast[] {
  const windows = Math.max(0, Math.floor((rows.length - TRAIN_ROWS - EMBARGO_ROWS) / TEST_ROWS));
  return Array.from({ length: windows }, (_, i) => i * TEST_ROWS).flatMap((start) => {
    const trained = rows.slice(start, start + TRAIN_ROWS);
    const tested = rows.slice(start + TRAIN_ROWS + EMBARGO_ROWS).slice(0, TEST_ROWS);
    const model = fitLogisticRegression(trained);
    const baseRate = trained.filter(({ isUp }) => isUp).length / TRAIN_ROWS;
    return tested.map(({ features, isUp }) => ({ probabilityUp: probabilityOfUp(model, features), baseRate, isUp }));
  });
}
