import type { Miss, PolicyOptions } from '../cache/index.js';
import type { Instrument } from '../market/instrument.js';
import { unknownSymbol } from '../support/gateway-error.js';
import type { CachedLoader } from './cached-loader.js';

export type NoArguments = Readonly<Record<string, never>>;

/** All that trades at the source. */
export const instrumentsPolicy: PolicyOptions<readonly Instrument[]> = {
  name: 'Query.instruments',
  ttl: '1h',
  ttlName: 'INSTRUMENTS',
  staleIfError: '24h',
  alone: 'ttl',
  tags: ['instruments'],
};

/** One instrument: its symbol, names and steps change rarely. */
export const instrumentPolicy: PolicyOptions<Instrument | null> = {
  name: 'Query.instrument',
  ttl: '24h',
  ttlName: 'METADATA',
  // What is not there may be listed at any time.
  negativeTtl: '60s',
  alone: 'ttl',
  tags: ['instruments:{$args.symbol}'],
};

/** The source's instruments by their symbol in upper case. */
export type InstrumentIndex = ReadonlyMap<string, Instrument>;

export function indexInstruments(instruments: readonly Instrument[]): InstrumentIndex {
  return new Map(instruments.map((instrument) => [instrument.symbol.toUpperCase(), instrument]));
}

/** A miss whose symbol the source has. */
export interface KnownMiss<V> {
  readonly miss: Miss<V>;
  readonly instrument: Instrument;
}

/** Computes what has a known symbol in one go; an unknown one is NOT_FOUND in its place. */
export async function computeKnown<V>(
  misses: readonly Miss<V>[],
  instruments: CachedLoader<NoArguments, readonly Instrument[]>,
  compute: (known: readonly KnownMiss<V>[]) => Promise<readonly (V | Error)[]>,
): Promise<(V | Error)[]> {
  const index = indexInstruments(await instruments.load({}));
  const known: KnownMiss<V>[] = [];
  for (const miss of misses) {
    const instrument = index.get(String(miss.args['symbol']));
    if (instrument) known.push({ miss, instrument });
  }
  const values = known.length === 0 ? [] : await compute(known);
  const byMiss = new Map(known.map(({ miss }, i) => [miss, values[i]]));
  return misses.map((miss) => byMiss.get(miss) ?? unknownSymbol(String(miss.args['symbol'])));
}
