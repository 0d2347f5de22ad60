import { unknownSymbol } from '../../support/gateway-error.js';

/** `/products/BTC-USD`. What cannot be a product's id is unknown without asking: `..` would name another resource. */
export function productPath(symbol: string): string {
  if (!/^[\w-]+$/.test(symbol)) throw unknownSymbol(symbol);
  return `/products/${symbol}`;
}
