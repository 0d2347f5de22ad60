import { describe, expect, it } from 'vitest';
import { scoreForecasts } from '../../../src/analytics/prediction/forecast-score.js';
import type { Forecast } from '../../../src/analytics/prediction/walk-forward.js';

/** So many equal forecasts. */
function forecasts(count: number, probabilityUp: number, isUp: boolean, baseRate = 0.5): Forecast[] {
  return Array.from({ length: count }, () => ({ probabilityUp, baseRate, isUp }));
}

describe('scoreForecasts', () => {
  it('counts and measures', () => {
    const score = scoreForecasts([
      { probabilityUp: 0.9, baseRate: 0.6, isUp: true },
      { probabilityUp: 0.6, baseRate: 0.6, isUp: false },
      { probabilityUp: 0.2, baseRate: 0.4, isUp: false },
      { probabilityUp: 0.7, baseRate: 0.4, isUp: true },
      { probabilityUp: 0.1, baseRate: 0.4, isUp: true },
    ]);
    expect(score).toMatchObject({ n: 5, accuracy: 3 / 5, baselineAccuracy: 2 / 5, beatsBaseline: false });
    // Two of three ups, one of two others.
    expect(score.balancedAccuracy).toBeCloseTo((2 / 3 + 1 / 2) / 2, 12);
    expect(score.brier).toBeCloseTo((0.01 + 0.36 + 0.04 + 0.09 + 0.81) / 5, 12);
    expect(score.baselineBrier).toBeCloseTo((0.16 + 0.36 + 0.16 + 0.36 + 0.36) / 5, 12);
  });

  it.each([
    // Wilson's interval, from its formula by hand.
    [5, 5, 0.5655, 1],
    [0, 10, 0, 0.2775],
    [50, 100, 0.4038, 0.5962],
    [806, 1_550, 0.4951, 0.5448],
  ])('gives %d right of %d an interval of %d to %d', (right, n, low, high) => {
    const { ciLow, ciHigh } = scoreForecasts([...forecasts(right, 0.6, true), ...forecasts(n - right, 0.6, false)]);
    expect([ciLow, ciHigh]).toEqual([expect.closeTo(low, 4), expect.closeTo(high, 4)]);
  });

  it('takes what is as likely as not for up', () => {
    expect(scoreForecasts(forecasts(3, 0.5, true))).toMatchObject({ accuracy: 1, baselineAccuracy: 1 });
    expect(scoreForecasts(forecasts(3, 0.5, false))).toMatchObject({ accuracy: 0, baselineAccuracy: 0 });
  });

  it('balances what there is, where only one direction came', () => {
    expect(scoreForecasts([...forecasts(3, 0.6, true), ...forecasts(1, 0.4, true)]).balancedAccuracy).toBe(0.75);
  });

  it.each([
    [
      'right far more often, and as sure as it may be',
      [forecasts(700, 0.7, true, 0.45), forecasts(300, 0.7, false, 0.45)],
      true,
    ],
    [
      'right more often, but chance may have done that',
      [forecasts(52, 0.52, true, 0.45), forecasts(48, 0.52, false, 0.45)],
      false,
    ],
    [
      'right far more often, and surer than it may be',
      [forecasts(700, 1, true, 0.45), forecasts(300, 1, false, 0.45)],
      false,
    ],
    [
      'no more often right, though as sure as it may be',
      [forecasts(700, 0.7, true, 0.6), forecasts(300, 0.7, false, 0.6)],
      false,
    ],
    [
      'right more often, and less often than a coin',
      [forecasts(450, 0.51, true, 0.05), forecasts(550, 0.51, false, 0.95)],
      false,
    ],
  ])('tells whether the baseline is beaten: %s', (_, of, beaten) => {
    expect(scoreForecasts(of.flat()).beatsBaseline).toBe(beaten);
  });

  it('says nothing of no forecasts', () => {
    expect(() => scoreForecasts([])).toThrow('needs forecasts');
  });
});
