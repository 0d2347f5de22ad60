/** Chance without state: every draw is a pure function of a seed and of a number that names the draw. All seeds are 32-bit integers. */

/** The seed of a part, from the seed of the whole and the number of the part: each bit of both turns half of its bits. */
export function mix(seed: number, part: number): number {
  let bits = seed ^ Math.imul(part + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/** The seed that a text names. */
export function seedOf(text: string): number {
  let seed = text.length;
  for (let index = 0; index < text.length; index++) seed = mix(seed, text.charCodeAt(index));
  return seed;
}

/** Evenly from (0, 1), neither end ever. */
export function uniform(seed: number, draw: number): number {
  return ((mix(seed, draw) >>> 0) + 0.5) / 2 ** 32;
}

/** Mean 0, deviation 1, never beyond 3: the sum of three even draws, near enough to the bell and without a logarithm. */
export function normal(seed: number, draw: number): number {
  const own = mix(seed, draw);
  return 2 * (uniform(own, 0) + uniform(own, 1) + uniform(own, 2) - 1.5);
}
