/** An indicator's values as a column, NaN where it is not warm. */
export function indicatorColumn(values: readonly (number | undefined)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? NaN);
}
