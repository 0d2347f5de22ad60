import type { Pivot, SwingKind } from './pivots.js';

/** Against the swing of the same kind before: higher, lower or (within the tolerance) equal. */
export type SwingLabel = 'HH' | 'LH' | 'EH' | 'HL' | 'LL' | 'EL';

/** A pivot where the market turned by enough to count. */
export interface Swing {
  readonly kind: SwingKind;
  /** Its candle. */
  readonly index: number;
  readonly price: number;
  /** Null for the first of its kind. */
  readonly label: SwingLabel | null;
}

/** How far a swing must be from the one before, in average true ranges. */
const MIN_SWING = 1;
/** What still counts as equal to the swing of the same kind before, in average true ranges. */
const TOLERANCE = 0.1;

/**
 * The swings once `pivot` is confirmed. A pivot of the last swing's kind replaces it where it is more extreme; one of the other kind
 * follows it where it is at least {@link MIN_SWING} away, above or below; any other changes nothing and the same list comes back. So
 * highs and lows alternate, and every swing but the last is final. `averageRange` is that of the pivot's candle.
 */
export function withPivot(swings: readonly Swing[], pivot: Pivot, averageRange: number): readonly Swing[] {
  const last = swings.at(-1);
  if (last?.kind !== pivot.kind) {
    const far = !last || Math.abs(pivot.price - last.price) >= MIN_SWING * averageRange;
    return far ? [...swings, toSwing(pivot, swings.at(-2), averageRange)] : swings;
  }
  const further = pivot.kind === 'HIGH' ? pivot.price > last.price : pivot.price < last.price;
  return further ? [...swings.slice(0, -1), toSwing(pivot, swings.at(-3), averageRange)] : swings;
}

/** Private */
function toSwing({ kind, index, price }: Pivot, previous: Swing | undefined, averageRange: number): Swing {
  return {
    kind,
    index,
    price,
    label: previous ? labelOf(kind, price - previous.price, TOLERANCE * averageRange) : null,
  };
}

/** Private */
function labelOf(kind: SwingKind, rise: number, tolerance: number): SwingLabel {
  if (rise > tolerance) return kind === 'HIGH' ? 'HH' : 'HL';
  if (rise < -tolerance) return kind === 'HIGH' ? 'LH' : 'LL';
  return kind === 'HIGH' ? 'EH' : 'EL';
}
