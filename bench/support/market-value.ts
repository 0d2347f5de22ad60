/**
 * A candle series whose JSON is about so many bytes: what the cache mostly holds. Prices walk by a generator of the index, so that no
 * two values are alike and compression finds what it would find in a market.
 */
export function marketValue(bytes: number, index: number): unknown {
  const random = createRandom(index);
  const candles: unknown[] = [];
  let close = round(100 + 60_000 * random(), 2);
  for (let size = HEAD_BYTES; size < bytes; size += CANDLE_BYTES) {
    const open = close;
    close = round(open * (1 + 0.01 * (random() - 0.5)), 2);
    candles.push({
      time: BEGUN_AT + 300_000 * (index + candles.length),
      open,
      high: round(Math.max(open, close) * (1 + 0.002 * random()), 2),
      low: round(Math.min(open, close) * (1 - 0.002 * random()), 2),
      close,
      volume: round(500 * random(), 6),
    });
  }
  return { symbol: `PAIR${index}-USD`, timeframe: 'M5', candles };
}

/** Private: of one candle's JSON and of what stands around them, about. */
const CANDLE_BYTES = 103;
const HEAD_BYTES = 55;
const BEGUN_AT = Date.UTC(2026, 0, 1);

/** Private */
function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Private: numbers in [0, 1), the same for the same seed: a congruential generator of 32 bits, its low bits left out. */
function createRandom(seed: number): () => number {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
