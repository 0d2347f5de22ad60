import fc from 'fast-check';
import type { Candle } from '../../../../src/market/candle.js';
import { candleAt } from '../../support/candles.js';

/** Now and then much is traded over a long wick, and seldom on the way to a close far off. */
const shocks = fc.oneof(
  { weight: 24, arbitrary: fc.constant({ wick: 0, jump: 0 }) },
  { weight: 5, arbitrary: fc.constantFrom({ wick: -5, jump: 0 }, { wick: 5, jump: 0 }) },
  { weight: 1, arbitrary: fc.constantFrom({ wick: 10, jump: -12 }, { wick: -10, jump: 12 }) },
);

const row = fc.record({
  step: fc.integer({ min: -4, max: 4 }),
  up: fc.nat(2),
  down: fc.nat(2),
  shock: shocks,
  volume: fc.integer({ min: 6, max: 14 }),
});

/**
 * Candles in whole prices that fall, rise or go sideways in two or three legs, so that every phase and every event happens among some
 * hundred series of them.
 */
export const walks: fc.Arbitrary<Candle[]> = fc
  .array(fc.record({ drift: fc.constantFrom(-2, 0, 0, 2), rows: fc.array(row, { minLength: 45, maxLength: 85 }) }), {
    minLength: 2,
    maxLength: 3,
  })
  .map((legs) => {
    const candles: Candle[] = [];
    let level = 1_000;
    for (const { drift, rows } of legs) {
      for (const { step, up, down, shock, volume } of rows) {
        level += drift + shock.jump;
        const close = level + step;
        candles.push(
          candleAt(candles.length, close, {
            high: close + up + Math.max(0, shock.wick),
            low: close - down + Math.min(0, shock.wick),
            volume: shock.wick === 0 ? volume : 4 * volume,
          }),
        );
      }
    }
    return candles;
  });
