import type { KnownEvent, WyckoffEventKind, WyckoffSide } from '../../../../src/analytics/wyckoff/event.js';
import { candleAt } from '../../support/candles.js';

const WEAK: readonly WyckoffEventKind[] = ['BC', 'UPTHRUST', 'SOW', 'LPSY'];

/** An event at 100 that is known at its own candle; of strength, unless its kind or `side` says otherwise. */
export function eventAt(
  index: number,
  kind: WyckoffEventKind,
  side: WyckoffSide = WEAK.includes(kind) ? 'WEAKNESS' : 'STRENGTH',
): KnownEvent {
  return { kind, side, index, knownAt: index, time: candleAt(index, 100).time, price: 100 };
}
