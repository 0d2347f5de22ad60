/** How many decimals a number has as it is written, without zeros at the end: 2 of `96.5100`, 5 of `1.2e-04`. */
export function decimalsOf(number: string): number {
  const dot = number.indexOf('.');
  const exponentAt = number.search(/e/i);
  const mantissaEnd = exponentAt < 0 ? number.length : exponentAt;
  let end = mantissaEnd;
  if (dot < 0) end = 0;
  else while (end > dot + 1 && number.charCodeAt(end - 1) === 48 /* 0 */) end -= 1;
  const decimals = dot < 0 ? 0 : end - dot - 1;
  return exponentAt < 0 ? decimals : Math.max(0, decimals - Number(number.slice(exponentAt + 1)));
}

/** `0.01` for 2, `1` for 0: the step of so many decimals, as an exact decimal. */
export function stepOf(decimals: number): string {
  return decimals <= 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`;
}

const SIGNIFICANT_DIGITS = 8;

/**
 * The decimals of a price's step: those that the data have, but no more than make eight significant digits of the last price. Files of
 * single precision numbers print noise after that (5.058549880981445).
 */
export function priceDecimals(inData: number, lastPrice: number): number {
  const magnitude = lastPrice > 0 ? Math.floor(Math.log10(lastPrice)) : 0;
  return Math.max(0, Math.min(inData, SIGNIFICANT_DIGITS - 1 - magnitude));
}

const PAIR_DECIMALS = 8;

/**
 * The decimals of a quantity's step: those of the volumes, eight at most. Whole volumes are whole shares; of a pair they say nothing, for
 * many files round them or count the quote, and a step of one bitcoin would be none: eight.
 */
export function quantityDecimals(inData: number, isPair: boolean): number {
  return isPair && inData === 0 ? PAIR_DECIMALS : Math.min(inData, PAIR_DECIMALS);
}
