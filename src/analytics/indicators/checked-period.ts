/** The period as given, where it is a whole number of candles from 1; else a RangeError that names it. */
export function checkedPeriod(period: number, name = 'period'): number {
  if (Number.isSafeInteger(period) && period >= 1) return period;
  throw new RangeError(`${name} must be a whole number of at least 1, but got: ${period}`);
}
