/** What a strategy says on a bar's close; 0 where it says nothing. */
export const UP = 1;
export const DOWN = -1;

/**
 * Values so close, relative to the larger, are equal: rounding alone takes the averages of one and the same price apart, and one standstill
 * in ten would begin or end with a cross that is none.
 */
const ROUNDING = 1e-12;

/**
 * {@link UP} where `line` crosses up over `level`, {@link DOWN} where it crosses down under it, 0 elsewhere. Strict on both sides: on the
 * bar before it is beyond the level, and on this one beyond it on the other side; who has touched the level has not crossed it. NaN, where
 * an indicator is not warm, is on neither side. Both of one length, which is the result's.
 */
export function crossings(line: Float64Array, level: Float64Array): Int8Array {
  const signals = new Int8Array(line.length);
  let before = 0;
  for (let index = 0; index < line.length; index++) {
    const now = sideOf(line[index] ?? NaN, level[index] ?? NaN);
    if (now === -before) signals[index] = now;
    before = now;
  }
  return signals;
}

/** The ups of the one and the downs of the other. */
export function upsAndDowns(ups: Int8Array, downs: Int8Array): Int8Array {
  return ups.map((signal, index) => (signal === UP ? UP : downs[index] === DOWN ? DOWN : 0));
}

/** Private: 1 above, -1 below. */
function sideOf(value: number, level: number): number {
  const tie = ROUNDING * Math.max(Math.abs(value), Math.abs(level));
  return value - level > tie ? 1 : level - value > tie ? -1 : 0;
}
