/** The number, where it is one: JSON has neither NaN nor infinity, and nobody wants to read -0. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}
