import type { Candle } from '../../market/candle.js';
import { readBars } from './bars.js';
import { confidenceIn } from './confidence.js';
import type { KnownEvent } from './event.js';
import { findEvents } from './find-events.js';
import { findPhases, type WyckoffPhase } from './phase.js';
import { subPhaseOf, type WyckoffSubPhase } from './sub-phase.js';
import { PHASE_PERIOD, type Band, type TradingRange } from './trading-range.js';

/** What was known at a candle's close. */
export interface WyckoffLabel {
  readonly phase: WyckoffPhase;
  /** Null where there is neither a range nor a trend. */
  readonly subPhase: WyckoffSubPhase | null;
  /** 0 to 1: how well events support the phase, not how likely it is to go on. */
  readonly confidence: number;
  /** Null outside a trading range. */
  readonly range: TradingRange | null;
}

export interface WyckoffTrace {
  /** One for each candle. */
  readonly labels: readonly WyckoffLabel[];
  /** In the order in which they became known. */
  readonly events: readonly KnownEvent[];
}

/**
 * Walks closed candles and keeps to what was known at each: the label of candle i, and the events known at it, are functions of
 * candles 0 to i, which later candles never change. A label rests on events of the last {@link PHASE_PERIOD} candles alone.
 */
export function traceWyckoff(candles: readonly Candle[]): WyckoffTrace {
  const bars = readBars(candles);
  const phases = findPhases(bars);
  const events = findEvents(bars);
  let known = 0;
  let recent: readonly KnownEvent[] = [];
  const labels = phases.map((phase, index) => {
    const before = known;
    while ((events[known]?.knownAt ?? Infinity) <= index) known++;
    // What is older bears on no label; to keep it would make a long walk quadratic.
    recent = [...recent, ...events.slice(before, known)].filter((event) => event.index > index - PHASE_PERIOD);
    return {
      phase,
      subPhase: subPhaseOf(phase, recent, bars, index),
      confidence: confidenceIn(phase, recent, index),
      range: toRange(bars[index]?.band),
    };
  });
  return { labels, events };
}

/** Private */
function toRange(band: Band | undefined): TradingRange | null {
  return band?.isRange ? { support: band.support, resistance: band.resistance } : null;
}
