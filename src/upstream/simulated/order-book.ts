import type { BookLevel, OrderBook } from '../../market/instrument.js';
import type { Listing } from './catalog.js';
import { mix, normal, uniform } from './noise.js';

/** The most levels of a side. */
export const MAX_DEPTH = 500;

/** The mean gap between two prices of a side beyond one step, in parts of the price. */
const GAP = 0.00002;
/** The typical quantity at the best price, in parts of a day's volume. It doubles every hundred levels. */
const QUANTITY = 0.00003;

/** What is drawn from a level's seed. */
const DRAW = { gap: 0, quantity: 1, orders: 2 } as const;

/** What a book follows from: the pair and its seed, the last price, and the present in ms since the epoch. */
interface Moment {
  readonly listing: Listing;
  readonly seed: number;
  readonly price: number;
  readonly now: number;
}

/**
 * The book of one second, at most {@link MAX_DEPTH} deep. The last price lies between the sides, so that they never cross. A deep
 * book begins as a shallow one of the same second does; a side ends early where its next price would be zero.
 */
export function simulatedOrderBook(moment: Moment, depth: number): OrderBook {
  const { listing, seed, now } = moment;
  const second = mix(seed, Math.floor(now / 1_000));
  const count = Math.min(depth, MAX_DEPTH);
  const side = (direction: 1 | -1) => levels(moment, { seed: mix(second, direction), direction, count });
  return { symbol: listing.symbol, time: now, bids: side(-1), asks: side(1) };
}

/** Private: one side, outwards from the price. */
function levels(
  { listing, price }: Moment,
  { seed, direction, count }: { seed: number; direction: 1 | -1; count: number },
): BookLevel[] {
  const priceSteps = 10 ** listing.priceDecimals;
  const quantitySteps = 10 ** listing.quantityDecimals;
  const bestQuantity = (listing.turnover / price) * QUANTITY;
  const side: BookLevel[] = [];
  for (let step = Math.round(price * priceSteps); side.length < count;) {
    const level = mix(seed, side.length);
    step += direction * (1 + Math.floor(-Math.log(uniform(level, DRAW.gap)) * GAP * price * priceSteps));
    if (step < 1) break;
    const quantity = bestQuantity * 2 ** (side.length / 100) * Math.exp(normal(level, DRAW.quantity));
    side.push({
      price: step / priceSteps,
      quantity: Math.max(1, Math.round(quantity * quantitySteps)) / quantitySteps,
      orders: 1 + Math.floor(8 * uniform(level, DRAW.orders) ** 3),
    });
  }
  return side;
}
