import { z } from 'zod';

/** The bodies that Coinbase Exchange documents, as far as they are read: what is not read is not checked, and may change. */

const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a decimal number in a string');
const decimal = decimalText.transform(Number);
const instant = z.string().transform((text, context) => {
  const time = Date.parse(text);
  if (Number.isNaN(time)) context.addIssue({ code: 'custom', message: 'expected an ISO 8601 time' });
  return time;
});

/** GET /products */
export const productsBody = z.array(
  z.object({
    id: z.string(),
    display_name: z.string().optional(),
    base_currency: z.string(),
    quote_currency: z.string(),
    quote_increment: decimalText,
    base_increment: decimalText,
    status: z.string(),
    trading_disabled: z.boolean().optional(),
  }),
);

/** GET /products/{id}/candles: rows of time in seconds, low, high, open, close, volume. Note the order. */
export const candlesBody = z.array(
  z.tuple([z.int(), z.number(), z.number(), z.number(), z.number(), z.number()]).rest(z.unknown()),
);

export type CandleRow = z.output<typeof candlesBody>[number];

/** GET /products/{id}/ticker */
export const tickerBody = z.object({ price: decimal, time: instant });

/** GET /products/{id}/stats, of the last 24 h; a product that has not traded in them has nulls. */
export const statsBody = z.object({
  open: decimal.nullish(),
  last: decimal.nullish(),
  volume: decimal.nullish(),
});

/** GET /products/{id}/book?level=2: price, quantity, number of orders. */
const bookSide = z.array(z.tuple([decimal, decimal, z.int()]).rest(z.unknown()));
export const bookBody = z.object({ bids: bookSide, asks: bookSide, time: instant.optional() });
