import { describe, expect, it } from 'vitest';
import { FEATURES_WARM_UP } from '../../../src/analytics/prediction/candle-features.js';
import { labelRows, type LabelledRow } from '../../../src/analytics/prediction/labelled-row.js';
import { fitLogisticRegression, probabilityOfUp } from '../../../src/analytics/prediction/logistic-regression.js';
import {
  EMBARGO_ROWS,
  LEAST_ROWS,
  TEST_ROWS,
  TRAIN_ROWS,
  walkForward,
  type Forecast,
} from '../../../src/analytics/prediction/walk-forward.js';
import { seededCandles, seededRows } from './seeded-series.js';

const forecastsOf = (forecasts: readonly Forecast[]) =>
  forecasts.map(({ probabilityUp, baseRate }) => ({ probabilityUp, baseRate }));

describe('walkForward', () => {
  it('trains on 500 rows, leaves one, tries 50 and begins anew 50 further on', () => {
    expect([TRAIN_ROWS, EMBARGO_ROWS, TEST_ROWS, LEAST_ROWS]).toEqual([500, 1, 50, 551]);
    const rows = seededRows(700, { seed: 1 });
    const expected = [0, 50, 100].flatMap((start) => {
      const trained = rows.slice(start, start + 500);
      const model = fitLogisticRegression(trained);
      const baseRate = trained.filter(({ isUp }) => isUp).length / 500;
      return rows
        .slice(start + 501, start + 551)
        .map(({ features, isUp }) => ({ probabilityUp: probabilityOfUp(model, features), baseRate, isUp }));
    });
    expect(walkForward(rows)).toEqual(expected);
  });

  it.each([
    [0, 0],
    [550, 0],
    [551, 50],
    [600, 50],
    [601, 100],
  ])('gives of %d rows %d forecasts', (rows, forecasts) => {
    expect(walkForward(seededRows(rows, { seed: 2 }))).toHaveLength(forecasts);
  });

  it.each([0, 1, 2])('has learnt nothing of the rows from the embargo on, in window %d', (window) => {
    const rows = seededRows(700, { seed: 3 });
    const embargo = window * TEST_ROWS + TRAIN_ROWS;
    // What came is another thing from there on, and the row under the embargo is of another world.
    const altered = rows.map(({ features, isUp }, i): LabelledRow => ({
      features: i === embargo ? features.map((value) => value + 1_000) : features,
      isUp: i < embargo ? isUp : !isUp,
    }));
    const ofWindow = (of: readonly LabelledRow[]) =>
      forecastsOf(
        walkForward(of)
          .slice(window * TEST_ROWS)
          .slice(0, TEST_ROWS),
      );
    expect(ofWindow(altered)).toEqual(ofWindow(rows));
    // The label of its last training row is another matter.
    const last = embargo - 1;
    const trainedOn = rows.map((row, i) => (i === last ? { ...row, isUp: !row.isUp } : row));
    expect(ofWindow(trainedOn)).not.toEqual(ofWindow(rows));
  });

  it('forecasts a candle the same, whatever candles come after it', () => {
    const candles = seededCandles(720, { seed: 4, reversal: 0.5 });
    const before = walkForward(labelRows(candles));
    for (const forecast of [0, 49, 50, 73]) {
      const at = FEATURES_WARM_UP + TRAIN_ROWS + EMBARGO_ROWS + forecast;
      const future = seededCandles(720, { seed: 5, reversal: 0.9 });
      const altered = walkForward(labelRows([...candles.slice(0, at + 1), ...future.slice(at + 1)]));
      expect(forecastsOf(altered.slice(0, forecast + 1))).toEqual(forecastsOf(before.slice(0, forecast + 1)));
      expect(altered).not.toEqual(before);
    }
  });
});
