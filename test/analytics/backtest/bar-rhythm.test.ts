import { describe, expect, it } from 'vitest';
import { barRhythm } from '../../../src/analytics/backtest/bar-rhythm.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2024, 0, 1);

function every(distance: number, count = 150): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => START + index * distance);
}

/** Days of which `perWeek`, from Monday on, have a bar. */
function daysOfWeeks(perWeek: number, weeks = 30): Float64Array {
  const days = Array.from({ length: weeks * 7 }, (_, day) => day).filter((day) => day % 7 < perWeek);
  return Float64Array.from(days, (day) => START + day * DAY);
}

describe('the periods of a year', () => {
  it.each([
    ['365 days of a market that has weekends', daysOfWeeks(7), 365],
    ['252 days of one that has none', daysOfWeeks(5), 252],
    ['252 days where Saturdays alone are traded', daysOfWeeks(6), 252],
    ['365 days of hours', every(HOUR), 365],
    ['52 weeks', every(7 * DAY), 52],
    ['1 year', every(365 * DAY), 1],
    ['365 days of bars two weeks apart on Sundays', every(14 * DAY).map((time) => time - DAY), 365],
    ['252 days of a single bar on a Monday', every(DAY, 1), 252],
  ])('are %s', (_, times, periods) => {
    expect(barRhythm(times).periodsPerYear).toBe(periods);
  });

  it('are 12 months, which have 31 days as a rule', () => {
    const firsts = Float64Array.from({ length: 30 }, (_, month) => Date.UTC(2022, month, 1));
    const lasts = Float64Array.from({ length: 30 }, (_, month) => Date.UTC(2022, month + 1, 0));
    expect(barRhythm(firsts).periodsPerYear).toBe(12);
    expect(barRhythm(lasts).periodsPerYear).toBe(12);
  });

  it('are told by the median of the last hundred bars', () => {
    const daysAtFirst = [...every(DAY, 500), ...every(7 * DAY, 101).map((time) => time + 500 * DAY)];
    expect(barRhythm(Float64Array.from(daysAtFirst)).periodsPerYear).toBe(52);
    const weeksAtFirst = [...every(7 * DAY, 500), ...every(DAY, 52).map((time) => time + 3_500 * DAY)];
    expect(barRhythm(Float64Array.from(weeksAtFirst)).periodsPerYear).not.toBe(52);
  });

  it('take the mean of the two in the middle', () => {
    const sixAndEightDays = Float64Array.of(START, START + 6 * DAY, START + 14 * DAY);
    expect(barRhythm(sixAndEightDays).periodsPerYear).toBe(52);
  });
});

describe('the period of a time', () => {
  const sameAs = (times: Float64Array, left: string, right: string) => {
    const { periodOf } = barRhythm(times);
    return periodOf(Date.parse(left)) === periodOf(Date.parse(right));
  };

  it('is the day in UTC', () => {
    expect(sameAs(every(HOUR), '2024-05-05T00:00Z', '2024-05-05T23:59Z')).toBe(true);
    expect(sameAs(every(HOUR), '2024-05-05T23:59Z', '2024-05-06T00:00Z')).toBe(false);
  });

  it('is the week to Sunday, the month or the year where bars are that long', () => {
    const months = Float64Array.from({ length: 30 }, (_, month) => Date.UTC(2022, month, 1));
    expect(sameAs(every(7 * DAY), '2024-05-06', '2024-05-12')).toBe(true);
    expect(sameAs(every(7 * DAY), '2024-05-12', '2024-05-13')).toBe(false);
    expect(sameAs(months, '2024-05-01', '2024-05-31')).toBe(true);
    expect(sameAs(months, '2024-05-31', '2024-06-01')).toBe(false);
    expect(sameAs(months, '2023-05-01', '2024-05-01')).toBe(false);
    expect(sameAs(every(365 * DAY), '2024-01-01', '2024-12-31')).toBe(true);
    expect(sameAs(every(365 * DAY), '2024-12-31', '2025-01-01')).toBe(false);
  });
});

describe('the resolution', () => {
  it.each([
    [7 * DAY, 86_400],
    [DAY, 86_400],
    [4 * HOUR, 3_600],
    [HOUR, 3_600],
    [HOUR / 4, 60],
    [HOUR * 1.5, 60],
    [15_000, 1],
  ])('of bars %d ms apart is %d s', (distance, seconds) => {
    expect(barRhythm(every(distance)).resolutionSeconds).toBe(seconds);
  });
});
