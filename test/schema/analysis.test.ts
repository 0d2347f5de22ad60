import { describe, expect, it } from 'vitest';
import { openServer, OVERVIEW_SYMBOLS } from '../server/server-world.js';

const ANALYSIS = `
  fragment Whole on Analysis {
    id symbol timeframe asOf price
    dow {
      trend confidence volumeConfirms degrees { degree trend }
      swings { time timestamp price kind label } events { time timestamp price kind }
    }
    wyckoff { phase subPhase confidence range { support resistance } events { time timestamp price kind } }
    volume { obv cmf mfi vwap relativeVolume effortResult profile { poc valueAreaHigh valueAreaLow } }
    indicators { obv cmf20 mfi14 vwap }
    signal { action strength reasons }
    cache { status }
  }`;

interface Dated {
  readonly time: string;
  readonly timestamp: number;
  readonly price: number;
  readonly kind: string;
}

interface Whole {
  readonly asOf: string;
  readonly price: number;
  readonly wyckoff: {
    readonly phase: string;
    readonly confidence: number;
    readonly range: { readonly support: number; readonly resistance: number } | null;
    readonly events: readonly Dated[];
  };
  readonly volume: Readonly<Record<'obv' | 'cmf' | 'mfi' | 'vwap' | 'relativeVolume', number>> & {
    readonly profile: { readonly poc: number; readonly valueAreaHigh: number; readonly valueAreaLow: number };
  };
  readonly indicators: Readonly<Record<'obv' | 'cmf20' | 'mfi14' | 'vwap', number>>;
  readonly signal: { readonly action: string; readonly strength: number; readonly reasons: readonly string[] };
}

describe('Query.analysis', () => {
  it('gives the whole analysis of a symbol, of values that fit together', async () => {
    const server = await openServer();
    const document = `query { analysis(symbol: "btc-usd", timeframe: H1) { ...Whole } } ${ANALYSIS}`;
    const { body } = await server.query<{ analysis: Whole }>(document);
    expect(body.errors).toBeUndefined();
    const { analysis } = body.data ?? {};
    if (!analysis) throw new Error('There is no analysis.');
    expect(analysis).toMatchObject({ id: 'BTC-USD:H1', cache: { status: 'MISS' } });

    const { wyckoff, volume, indicators, signal, asOf } = analysis;
    expect(wyckoff.confidence).toBeGreaterThanOrEqual(0);
    expect(wyckoff.confidence).toBeLessThanOrEqual(1);
    expect(wyckoff.events.length).toBeGreaterThan(0);
    expect(wyckoff.events.map(({ time }) => time)).toEqual(wyckoff.events.map(({ time }) => time).sort());
    for (const { time, timestamp } of wyckoff.events) {
      expect(Date.parse(time)).toBe(timestamp * 1_000);
      expect(Date.parse(time)).toBeLessThan(Date.parse(asOf));
    }
    const { obv, cmf20: cmf, mfi14: mfi, vwap } = indicators;
    expect(volume).toMatchObject({ obv, cmf, mfi, vwap });
    expect(volume.relativeVolume).toBeGreaterThan(0);
    expect(volume.profile.valueAreaLow).toBeLessThan(volume.profile.poc);
    expect(volume.profile.poc).toBeLessThan(volume.profile.valueAreaHigh);
    expect(signal.strength).toBeGreaterThanOrEqual(0);
    expect(signal.strength).toBeLessThanOrEqual(1);
    expect(signal.reasons.length).toBeGreaterThan(0);
  });

  it('is whole for every pair of an overview and at every timeframe of the market', async () => {
    const server = await openServer();
    const timeframes = (await server.query<{ market: { timeframes: string[] } }>('{ market { timeframes } }')).body
      .data;
    const overviews = timeframes?.market.timeframes.map(
      (timeframe) =>
        `${timeframe}: overview(timeframe: ${timeframe}) { pairs { analysis { ...Whole } error { code } } }`,
    );
    const { body } = await server.query<
      Record<string, { pairs: readonly { analysis: Whole | null; error: unknown }[] }>
    >(`query { ${overviews?.join(' ')} } ${ANALYSIS}`);
    expect(body.errors).toBeUndefined();
    const pairs = Object.values(body.data ?? {}).flatMap((overview) => overview.pairs);
    expect(pairs).toHaveLength((overviews?.length ?? 0) * OVERVIEW_SYMBOLS.length);
    expect(pairs.filter(({ analysis, error }) => !analysis || error)).toEqual([]);
    expect(new Set(pairs.map(({ analysis }) => analysis?.signal.action)).size).toBeGreaterThan(1);
    expect(new Set(pairs.map(({ analysis }) => analysis?.wyckoff.phase)).size).toBeGreaterThan(1);
  });
});
