import { aggregate } from '../../market/aggregate.js';
import type { Candle } from '../../market/candle.js';
import { bucketStart, TIMEFRAME_MS, type Timeframe } from '../../market/timeframe.js';
import { countSteps, inferTimeframe, type Step, type StepCounts } from './infer-timeframe.js';
import type { ParsedSymbol, Row } from './parse-csv.js';

/** The candles of one symbol in one file. */
export interface Series {
  /** As the file spells it. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Ascending, at most one for each bucket, all closed. */
  readonly candles: readonly Candle[];
  readonly priceDecimals: number;
  readonly volumeDecimals: number;
}

/**
 * The rows of a file as series. The timeframe of a symbol is what its own times say, or those of the whole file where it has too few: one
 * step alone may be a gap. Throws an Error where times say no timeframe, or where two rows of one candle differ.
 */
export function toSeries(parsed: Iterable<ParsedSymbol>): Series[] {
  const inOrder = [...parsed].map((of) => ({ of, rows: of.rows.toSorted((a, b) => a.time - b.time) }));
  const whole: StepCounts = new Map();
  const own = inOrder.map(({ rows }) => {
    const times = rows.map(({ time }) => time);
    countSteps(times, whole);
    return inferTimeframe(countSteps(times), 2);
  });
  const ofFile = inferTimeframe(whole);
  return inOrder.map(({ of, rows }, i) => {
    const step = own[i] ?? ofFile;
    if (!step) throw new Error(noTimeframe(of.symbol, whole));
    const { symbol, priceDecimals, volumeDecimals } = of;
    const candles = toCandles(of.symbol, rows, step);
    return { symbol, timeframe: step.timeframe, candles, priceDecimals, volumeDecimals };
  });
}

/** Two candles of one bucket tell the same. */
export function sameNumbers(a: Numbers, b: Numbers): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

type Numbers = Pick<Candle, 'open' | 'high' | 'low' | 'close' | 'volume'>;

/** Private */
function toCandles(symbol: string, rows: readonly Row[], { timeframe, finer }: Step): Candle[] {
  const candles: Candle[] = [];
  let previous: { readonly row: Row; readonly key: number } | undefined;
  for (const row of rows) {
    const time = bucketStart(aligned(row, timeframe), timeframe);
    // Rows finer than their candle may share it, but never an instant.
    const key = finer ? row.time : time;
    if (previous?.key === key) {
      if (!sameNumbers(previous.row, row)) throw new Error(differs(symbol, timeframe, time, previous.row, row));
      continue;
    }
    previous = { row, key };
    const { open, high, low, close, volume } = row;
    candles.push({ time, open, high, low, close, volume, closed: true });
  }
  return finer ? aggregate(candles, timeframe, Infinity) : candles;
}

/**
 * Private: a candle of a day or longer belongs to the date that its row writes. Midnight in London is 23:00 UTC of the day before all
 * summer; taken for that, one day a year would have two candles.
 */
function aligned({ time, zoneMs }: Row, timeframe: Timeframe): number {
  return TIMEFRAME_MS[timeframe] >= TIMEFRAME_MS.D1 ? time + zoneMs : time;
}

/** Private */
function differs(symbol: string, timeframe: Timeframe, time: number, a: Row, b: Row): string {
  const lines = [a.line, b.line].sort((x, y) => x - y).join(' and ');
  return `lines ${lines}: two different rows for the ${timeframe} candle ${new Date(time).toISOString()} of ${symbol}`;
}

/** Private */
function noTimeframe(symbol: string, counts: StepCounts): string {
  const [mode] = [...counts].sort(([, a], [, b]) => b - a);
  const rule = `the times of ${symbol} say no timeframe`;
  return mode ? `${rule}: most rows are ${mode[0] / 60_000} minutes apart` : `${rule}: one row is too few`;
}
