import { describe, expect, it } from 'vitest';
import { countSteps, inferTimeframe } from '../../../src/upstream/csv/infer-timeframe.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const every = (step: number, count = 10, from = Date.UTC(2024, 0, 1)) =>
  Array.from({ length: count }, (_, i) => from + i * step);
const infer = (times: readonly number[], least?: number) => inferTimeframe(countSteps(times), least);

describe('inferTimeframe', () => {
  it.each([
    ['M1', MINUTE],
    ['M5', 5 * MINUTE],
    ['M15', 15 * MINUTE],
    ['H1', 60 * MINUTE],
    ['H4', 240 * MINUTE],
    ['H6', 360 * MINUTE],
    ['D1', DAY],
    ['W1', 7 * DAY],
  ])('is %s where rows are that far apart', (timeframe, step) => {
    expect(infer(every(step))).toEqual({ timeframe, finer: false });
  });

  it('is MN1 for months by their first, last and last working days', () => {
    const months = Array.from({ length: 24 }, (_, i) => i);
    const first = months.map((month) => Date.UTC(2023, month, 1));
    const last = months.map((month) => Date.UTC(2023, month + 1, 0));
    expect(infer(first)).toEqual({ timeframe: 'MN1', finer: false });
    expect(infer(last)).toEqual({ timeframe: 'MN1', finer: false });
    expect(infer([Date.UTC(2023, 0, 31), Date.UTC(2023, 1, 28)])).toEqual({ timeframe: 'MN1', finer: false });
  });

  it.each([
    ['M1', 1_000],
    ['M15', 3 * MINUTE],
    ['H1', 30 * MINUTE],
    ['H4', 120 * MINUTE],
    ['D1', 480 * MINUTE],
    ['D1', 720 * MINUTE],
  ])('is %s where rows of %i ms fill it', (timeframe, step) => {
    expect(infer(every(step))).toEqual({ timeframe, finer: true });
  });

  it('looks over gaps: weekends of days, nights of minutes', () => {
    const days = every(DAY, 60).filter((time) => ![0, 6].includes(new Date(time).getUTCDay()));
    const minutes = [...every(MINUTE, 300, 34_200_000), ...every(MINUTE, 300, DAY + 34_200_000)];
    expect(infer(days)?.timeframe).toBe('D1');
    expect(infer(minutes)?.timeframe).toBe('M1');
  });

  it('is the shorter of two equally frequent ones', () => {
    expect(infer([0, 3 * DAY, 4 * DAY])?.timeframe).toBe('D1');
    expect(infer([0, DAY, 4 * DAY])?.timeframe).toBe('D1');
  });

  it('is undefined for three days, a quarter, a single row, and for fewer steps than asked for', () => {
    expect(infer(every(3 * DAY))).toBeUndefined();
    expect(infer(every(91 * DAY))).toBeUndefined();
    expect(infer([0])).toBeUndefined();
    expect(infer([0, DAY], 2)).toBeUndefined();
    expect(infer([0, DAY, 2 * DAY], 2)?.timeframe).toBe('D1');
  });
});
