import type { Candle } from '../../market/candle.js';
import type { KnownEvent, WyckoffEvent } from './event.js';
import { traceWyckoff, type WyckoffLabel } from './trace-wyckoff.js';

export type { WyckoffEvent, WyckoffEventKind } from './event.js';
export type { WyckoffPhase } from './phase.js';
export type { WyckoffSubPhase } from './sub-phase.js';

/** Plain JSON. Its labels describe what the candles did; they do not foretell what the next ones will do. */
export interface WyckoffAnalysis extends WyckoffLabel {
  /** Oldest first; final. One that takes candles to be known comes in among those that were known before. */
  readonly events: readonly WyckoffEvent[];
}

/** Of no candle. */
const NO_LABEL: WyckoffLabel = { phase: 'UNKNOWN', subPhase: null, confidence: 0, range: null };

/**
 * Wyckoff's reading of the closed ones of ascending candles: the phase at the last of them, and the events of all. Too few candles are
 * no error: the phase is UNKNOWN then, with confidence 0.
 */
export function analyzeWyckoff(candles: readonly Candle[]): WyckoffAnalysis {
  const { labels, events } = traceWyckoff(candles.filter(({ closed }) => closed));
  return {
    ...(labels.at(-1) ?? NO_LABEL),
    events: events.toSorted((a, b) => a.index - b.index).map(toEvent),
  };
}

/** Private */
function toEvent({ time, price, kind, strong }: KnownEvent): WyckoffEvent {
  return strong === undefined ? { time, price, kind } : { time, price, kind, strong };
}
