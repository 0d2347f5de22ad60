import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnownEvent, WyckoffEventKind } from '../../../src/analytics/wyckoff/event.js';
import { traceWyckoff, type WyckoffLabel } from '../../../src/analytics/wyckoff/trace-wyckoff.js';
import type { Candle } from '../../../src/market/candle.js';
import { candlesOf } from '../support/candles.js';
import { accumulation, SIGN } from './support/accumulation.js';
import { FALL, MIDDLE, rangeCandles, RISE, upsideDown } from './support/range-candles.js';
import { walks } from './support/walks.js';

function tell(events: readonly KnownEvent[]): string[] {
  return events.map(({ kind, index, knownAt, price }) => `${kind} ${index} ${knownAt} ${price}`);
}

describe('traceWyckoff', () => {
  it('follows an accumulation from its climax to its markup', () => {
    const { labels, events } = traceWyckoff(accumulation());
    const range = { support: 195, resistance: 205 };
    expect(tell(events)).toEqual([
      'SC 60 60 192',
      'AR 69 72 205',
      'ST 79 79 199',
      'SPRING 97 97 191',
      'SOS 108 108 208',
      'LPS 112 115 202',
    ]);
    expect(labels[78]).toEqual({ phase: 'UNKNOWN', subPhase: null, confidence: 0, range: null });
    expect(labels[96]).toEqual({ phase: 'ACCUMULATION', subPhase: 'B', confidence: 0.7, range });
    expect(labels[97]).toEqual({ phase: 'ACCUMULATION', subPhase: 'C', confidence: 0.9, range });
    expect(labels[SIGN]).toEqual({ phase: 'ACCUMULATION', subPhase: 'D', confidence: 1, range });
    expect(labels.at(-1)).toEqual({ phase: 'MARKUP', subPhase: 'E', confidence: 1, range: null });
  });

  it('follows a distribution upside down', () => {
    const { labels, events } = traceWyckoff(upsideDown(accumulation()));
    const range = { support: 195, resistance: 205 };
    expect(tell(events)).toEqual([
      'BC 60 60 208',
      'AR 69 72 195',
      'ST 79 79 201',
      'UPTHRUST 97 97 209',
      'SOW 108 108 192',
      'LPSY 112 115 198',
    ]);
    expect(labels[97]).toEqual({ phase: 'DISTRIBUTION', subPhase: 'C', confidence: 0.9, range });
    expect(labels[SIGN]).toEqual({ phase: 'DISTRIBUTION', subPhase: 'D', confidence: 1, range });
    expect(labels.at(-1)).toEqual({ phase: 'MARKDOWN', subPhase: 'E', confidence: 1, range: null });
  });

  it('is in sub-phase A of a fall that a climax has stopped', () => {
    const candles = rangeCandles(101, { changes: { 90: { high: 201, low: 185, close: 192, volume: 40 } } });
    const low = candles.map((candle, index) =>
      index > 90 ? { ...candle, close: 190, high: 190.5, low: 189 } : candle,
    );
    const { labels } = traceWyckoff(low);
    expect(labels[89]).toMatchObject({ phase: 'MARKDOWN', subPhase: 'E' });
    expect(labels[92]).toMatchObject({ phase: 'MARKDOWN', subPhase: 'A', confidence: 0.25 });
  });

  it('calls a range after neither a fall nor a rise RANGE', () => {
    const { labels } = traceWyckoff(rangeCandles(130, { from: MIDDLE }));
    expect(labels[129]).toEqual({
      phase: 'RANGE',
      subPhase: 'B',
      confidence: 0.4,
      range: { support: 195, resistance: 205 },
    });
    expect(traceWyckoff(rangeCandles(125, { from: FALL })).labels[124]?.phase).toBe('ACCUMULATION');
    expect(traceWyckoff(rangeCandles(125, { from: RISE })).labels[124]?.phase).toBe('DISTRIBUTION');
  });

  it('knows a phase from the 80th candle on', () => {
    const phases = traceWyckoff(candlesOf(Array.from({ length: 81 }, (_, index) => 100 + index))).labels;
    expect(phases.map(({ phase }) => phase)).toEqual([...Array<string>(79).fill('UNKNOWN'), 'MARKUP', 'MARKUP']);
  });

  it('sees neither range nor trend where the market stands still', () => {
    const { labels, events } = traceWyckoff(candlesOf(Array<number>(200).fill(100)));
    expect(labels.at(-1)).toEqual({ phase: 'TRANSITION', subPhase: null, confidence: 0.4, range: null });
    expect(events).toEqual([]);
  });

  it('says nothing of no candles', () => {
    expect(traceWyckoff([])).toEqual({ labels: [], events: [] });
  });
});

describe('traceWyckoff over any walk', () => {
  it('never changes a label or an event that it gave before', () => {
    fc.assert(
      fc.property(walks, fc.nat(255), (candles, cut) => {
        const before = traceWyckoff(candles.slice(0, cut));
        const after = traceWyckoff(candles);
        expect(after.labels.slice(0, cut)).toEqual(before.labels);
        expect(after.events.filter(({ knownAt }) => knownAt < cut)).toEqual(before.events);
      }),
      { numRuns: 200 },
    );
  });

  it('adds later events behind those that were known', () => {
    fc.assert(
      fc.property(walks, fc.nat(255), (candles, cut) => {
        const before = traceWyckoff(candles.slice(0, cut)).events;
        expect(traceWyckoff(candles).events.slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it('keeps to what its words mean', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const { labels, events } = traceWyckoff(candles);
        expect(labels).toHaveLength(candles.length);
        for (const { phase, subPhase, confidence, range } of labels) {
          expect(confidence).toBeGreaterThanOrEqual(phase === 'RANGE' || phase === 'TRANSITION' ? 0.4 : 0);
          expect(confidence).toBeLessThanOrEqual(phase === 'UNKNOWN' ? 0 : 1);
          expect(range !== null).toBe(['ACCUMULATION', 'DISTRIBUTION', 'RANGE'].includes(phase));
          if (range) expect(range.support).toBeLessThan(range.resistance);
          expect(SUB_PHASES[phase]).toContain(subPhase);
        }
        for (const { index, knownAt, time } of events) {
          expect(time).toBe(candles[index]?.time);
          expect([0, 1, 2, 3]).toContain(knownAt - index);
        }
        expect(new Set(events.map(({ kind, side, index }) => `${kind} ${side} ${index}`)).size).toBe(events.length);
      }),
    );
  });

  it('sees every phase, sub-phase and event', () => {
    const traces = fc.sample(walks, { numRuns: 300, seed: 1 }).map(traceWyckoff);
    const seen = (pick: (label: WyckoffLabel) => unknown) => new Set(traces.flatMap(({ labels }) => labels.map(pick)));
    expect(seen(({ phase }) => phase).size).toBe(7);
    expect(seen(({ subPhase }) => subPhase).size).toBe(6);
    expect(new Set(traces.flatMap(({ events }) => events.map(({ kind }) => kind))).size).toBe(10);
  });
});

describe('traceWyckoff upside down', () => {
  it('mirrors the phase wherever it mirrors the range', () => {
    fc.assert(
      fc.property(walks, (candles) => {
        const there = traceWyckoff(upsideDown(candles)).labels;
        traceWyckoff(candles).labels.forEach(({ phase, range }, index) => {
          const other = there[index];
          const mirrored = range && {
            support: 2 * MIDDLE - range.resistance,
            resistance: 2 * MIDDLE - range.support,
          };
          if (JSON.stringify(other?.range) === JSON.stringify(mirrored)) expect(other?.phase).toBe(MIRRORED[phase]);
        });
      }),
    );
  });

  it('mirrors climaxes and the rallies from them', () => {
    const told = (candles: readonly Candle[], ...kinds: WyckoffEventKind[]) =>
      traceWyckoff(candles)
        .events.filter(({ kind }) => kinds.includes(kind))
        .map(({ kind, index, knownAt, price }) => ({ isRally: kind === 'AR', index, knownAt, price }))
        .sort((a, b) => a.knownAt - b.knownAt || a.index - b.index || a.price - b.price);
    fc.assert(
      fc.property(walks, (candles) => {
        const turned = told(upsideDown(candles), 'SC', 'BC', 'AR').map((event) => ({
          ...event,
          price: 2 * MIDDLE - event.price,
        }));
        expect(turned.sort((a, b) => a.knownAt - b.knownAt || a.index - b.index || a.price - b.price)).toEqual(
          told(candles, 'SC', 'BC', 'AR'),
        );
      }),
    );
  });
});

const SUB_PHASES: Readonly<Record<WyckoffLabel['phase'], readonly WyckoffLabel['subPhase'][]>> = {
  ACCUMULATION: ['A', 'B', 'C', 'D'],
  DISTRIBUTION: ['A', 'B', 'C', 'D'],
  RANGE: ['A', 'B', 'C', 'D'],
  MARKUP: ['A', 'E'],
  MARKDOWN: ['A', 'E'],
  TRANSITION: ['A', null],
  UNKNOWN: [null],
};

const MIRRORED: Readonly<Record<WyckoffLabel['phase'], WyckoffLabel['phase']>> = {
  ACCUMULATION: 'DISTRIBUTION',
  DISTRIBUTION: 'ACCUMULATION',
  RANGE: 'RANGE',
  MARKUP: 'MARKDOWN',
  MARKDOWN: 'MARKUP',
  TRANSITION: 'TRANSITION',
  UNKNOWN: 'UNKNOWN',
};
