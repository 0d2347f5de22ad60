/** A running sum and what rounding took from it (Neumaier 1974). Plain JSON. */
export interface CompensatedSum {
  readonly sum: number;
  readonly compensation: number;
}

export const EMPTY_SUM: CompensatedSum = { sum: 0, compensation: 0 };

/** The sum with `value` added. */
export function addTo(total: CompensatedSum, value: number): CompensatedSum {
  const sum = total.sum + value;
  const lost = Math.abs(total.sum) >= Math.abs(value) ? total.sum - sum + value : value - sum + total.sum;
  return { sum, compensation: total.compensation + lost };
}

/** The sum as a number. */
export function sumOf(total: CompensatedSum): number {
  return total.sum + total.compensation;
}
