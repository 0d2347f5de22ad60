import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulationDistributionLine,
  advanceAccumulationDistributionLine,
  createAccumulationDistributionLine,
  getAccumulationDistributionLine,
} from '../../../src/analytics/indicators/accumulation-distribution-line.js';
import {
  advanceAverageTrueRange,
  averageTrueRange,
  createAverageTrueRange,
  getAverageTrueRange,
} from '../../../src/analytics/indicators/average-true-range.js';
import {
  advanceBollingerBands,
  bollingerBands,
  createBollingerBands,
  getBollingerBands,
} from '../../../src/analytics/indicators/bollinger-bands.js';
import {
  advanceChaikinMoneyFlow,
  chaikinMoneyFlow,
  createChaikinMoneyFlow,
  getChaikinMoneyFlow,
} from '../../../src/analytics/indicators/chaikin-money-flow.js';
import {
  advanceExponentialMovingAverage,
  createExponentialMovingAverage,
  exponentialMovingAverage,
  getExponentialMovingAverage,
} from '../../../src/analytics/indicators/exponential-moving-average.js';
import {
  advanceMoneyFlowIndex,
  createMoneyFlowIndex,
  getMoneyFlowIndex,
  moneyFlowIndex,
} from '../../../src/analytics/indicators/money-flow-index.js';
import {
  advanceMacd,
  createMacd,
  getMacd,
  movingAverageConvergenceDivergence,
} from '../../../src/analytics/indicators/moving-average-convergence-divergence.js';
import {
  advanceOnBalanceVolume,
  createOnBalanceVolume,
  getOnBalanceVolume,
  onBalanceVolume,
} from '../../../src/analytics/indicators/on-balance-volume.js';
import {
  advanceRelativeStrengthIndex,
  createRelativeStrengthIndex,
  getRelativeStrengthIndex,
  relativeStrengthIndex,
} from '../../../src/analytics/indicators/relative-strength-index.js';
import {
  advanceSimpleMovingAverage,
  createSimpleMovingAverage,
  getSimpleMovingAverage,
  simpleMovingAverage,
} from '../../../src/analytics/indicators/simple-moving-average.js';
import {
  advanceVwap,
  createVwap,
  getVwap,
  volumeWeightedAveragePrice,
  type VwapAnchor,
} from '../../../src/analytics/indicators/volume-weighted-average-price.js';
import type { Candle } from '../../../src/market/candle.js';
import { deepFreeze } from '../../../src/support/deep-freeze.js';
import { arbitraryCandles } from '../support/candles.js';

/** What happens to a state between two candles. */
type Keeping = <State>(state: State) => State;

/** An indicator whose state is hidden, so that one suite can hold all of them to the same rules. */
interface Subject {
  readonly name: string;
  /** The pure function. */
  readonly values: (candles: readonly Candle[]) => readonly unknown[];
  /** The state advanced candle by candle, kept by `keep` in between and peeked ahead with `live` before each. */
  readonly advanced: (candles: readonly Candle[], keep: Keeping, live?: Candle) => readonly unknown[];
}

function subject<State, Input>(
  name: string,
  values: (inputs: readonly Input[]) => readonly unknown[],
  start: State,
  advance: (state: State, input: Input) => State,
  get: (state: State) => unknown,
  inputOf: (candle: Candle) => Input,
): Subject {
  return {
    name,
    values: (candles) => values(candles.map(inputOf)),
    advanced: (candles, keep, live) => {
      let state = start;
      return candles.map((candle) => {
        if (live) get(advance(state, inputOf(live)));
        state = keep(advance(state, inputOf(candle)));
        return get(state);
      });
    },
  };
}

const closeOf = (candle: Candle) => candle.close;
const itself = (candle: Candle) => candle;
const vwap = (anchor: VwapAnchor) =>
  subject(
    `volumeWeightedAveragePrice ${anchor}`,
    (candles: readonly Candle[]) => volumeWeightedAveragePrice(candles, anchor),
    createVwap(anchor),
    advanceVwap,
    getVwap,
    itself,
  );

const SUBJECTS: readonly Subject[] = [
  subject(
    'simpleMovingAverage',
    (closes: readonly number[]) => simpleMovingAverage(closes, 5),
    createSimpleMovingAverage(5),
    advanceSimpleMovingAverage,
    getSimpleMovingAverage,
    closeOf,
  ),
  subject(
    'exponentialMovingAverage',
    (closes: readonly number[]) => exponentialMovingAverage(closes, 5),
    createExponentialMovingAverage(5),
    advanceExponentialMovingAverage,
    getExponentialMovingAverage,
    closeOf,
  ),
  subject(
    'relativeStrengthIndex',
    (closes: readonly number[]) => relativeStrengthIndex(closes),
    createRelativeStrengthIndex(),
    advanceRelativeStrengthIndex,
    getRelativeStrengthIndex,
    closeOf,
  ),
  subject(
    'movingAverageConvergenceDivergence',
    (closes: readonly number[]) => movingAverageConvergenceDivergence(closes),
    createMacd(),
    advanceMacd,
    getMacd,
    closeOf,
  ),
  subject(
    'bollingerBands',
    (closes: readonly number[]) => bollingerBands(closes),
    createBollingerBands(),
    advanceBollingerBands,
    getBollingerBands,
    closeOf,
  ),
  subject(
    'averageTrueRange',
    averageTrueRange,
    createAverageTrueRange(),
    advanceAverageTrueRange,
    getAverageTrueRange,
    itself,
  ),
  subject(
    'onBalanceVolume',
    onBalanceVolume,
    createOnBalanceVolume(),
    advanceOnBalanceVolume,
    getOnBalanceVolume,
    itself,
  ),
  subject(
    'accumulationDistributionLine',
    accumulationDistributionLine,
    createAccumulationDistributionLine(),
    advanceAccumulationDistributionLine,
    getAccumulationDistributionLine,
    itself,
  ),
  subject(
    'chaikinMoneyFlow',
    chaikinMoneyFlow,
    createChaikinMoneyFlow(),
    advanceChaikinMoneyFlow,
    getChaikinMoneyFlow,
    itself,
  ),
  subject('moneyFlowIndex', moneyFlowIndex, createMoneyFlowIndex(), advanceMoneyFlowIndex, getMoneyFlowIndex, itself),
  vwap('START'),
  vwap('UTC_DAY'),
  vwap('ROLLING_20'),
];

const untouched: Keeping = (state) => state;

/** Every number of a value, and what else is in it that is no number. */
function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

describe.each(SUBJECTS)('the state of $name', ({ values, advanced }) => {
  it('gives what the pure function gives, over every prefix', () => {
    fc.assert(
      fc.property(arbitraryCandles(), (candles) => {
        const whole = advanced(candles, untouched);
        candles.forEach((_, index) => expect(values(candles.slice(0, index + 1))).toEqual(whole.slice(0, index + 1)));
      }),
      { numRuns: 25 },
    );
  });

  it('goes on after being saved as JSON at any point', () => {
    fc.assert(
      fc.property(arbitraryCandles(), fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), (candles, saves) => {
        let index = 0;
        const restored: Keeping = <State>(state: State) => {
          if (!saves[index++]) return state;
          expect(state).toMatchObject({ v: 1 });
          return JSON.parse(JSON.stringify(state)) as State;
        };
        expect(advanced(candles, restored)).toEqual(values(candles));
      }),
    );
  });

  it('is not changed by a live candle, even where it is frozen', () => {
    fc.assert(
      fc.property(arbitraryCandles(), arbitraryCandles({ maxLength: 1 }), (candles, [live]) => {
        expect(advanced(candles, deepFreeze, live)).toEqual(values(candles));
      }),
    );
  });

  it('is a finite number or undefined, never undefined again once warm unless nothing trades', () => {
    fc.assert(
      fc.property(arbitraryCandles({ minLength: 40 }), (candles) => {
        const traded = candles.map((candle) => ({ ...candle, volume: candle.volume + 1 }));
        for (const leaf of leaves(values(candles))) expect(leaf === undefined || Number.isFinite(leaf)).toBe(true);
        const rows = values(traded);
        const warm = rows.findIndex((row) => row !== undefined);
        expect(warm).toBeGreaterThanOrEqual(0);
        expect(rows.slice(warm)).not.toContain(undefined);
      }),
    );
  });
});
