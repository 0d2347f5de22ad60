import type { PolicyOptions } from '../cache/index.js';
import type { OrderBook } from '../market/instrument.js';

export interface OrderBookKey extends Readonly<Record<string, unknown>> {
  readonly symbol: string;
  /** Levels of each side. */
  readonly depth: number;
}

/** What rests at the market. */
export const orderBookPolicy: PolicyOptions<OrderBook> = {
  name: 'Query.orderBook',
  ttl: '10s',
  ttlName: 'ORDER_BOOK',
  alone: 'ttl',
  tags: ['book:{$args.symbol}'],
  refreshable: true,
};
