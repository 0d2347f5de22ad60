import { describe, expect, it } from 'vitest';
import { fillTag, tagReferences } from '../../src/cache/tag-template.js';
import { markFields, unionOfTags } from '../../src/cache/tide/tag.js';

describe('fillTag', () => {
  it('fills in arguments, the parent and the viewer', () => {
    const values = { args: { symbol: 'BTC-USD' }, parent: { id: 7 }, viewer: 'v' };
    expect(fillTag('a:{$args.symbol}:{$parent.id}:{$viewer}:end', values)).toEqual(['a:BTC-USD:7:v:end']);
  });

  it('encodes values, so that a colon is no new level', () => {
    expect(fillTag('a:{$args.symbol}', { args: { symbol: 'NSE:INFY x' } })).toEqual(['a:NSE%3AINFY%20x']);
  });

  it('fills in what is within an argument', () => {
    const input = { symbols: ['x', 'y'], terms: { name: 'sma' } };
    expect(fillTag('a:{$args.input.symbols}:{$args.input.terms.name}', { args: { input } })).toEqual([
      'a:x:sma',
      'a:y:sma',
    ]);
    expect(fillTag('a:{$args.other.name}', { args: { input } })).toEqual(['a:undefined']);
  });

  it('makes a tag of each item of a list', () => {
    expect(fillTag('a:{$args.symbols}:{$args.timeframe}', { args: { symbols: ['x', 'y'], timeframe: 'M5' } })).toEqual([
      'a:x:M5',
      'a:y:M5',
    ]);
  });
});

describe('tagReferences', () => {
  it('names what a template takes values from', () => {
    expect(tagReferences('a:{$args.symbol}:{$args.input.name}:{$viewer}')).toEqual([
      { source: 'args', name: 'symbol' },
      { source: 'args', name: 'input' },
      { source: 'viewer', name: undefined },
    ]);
  });
});

describe('markFields', () => {
  it('are a tag and its prefixes, in lower case', () => {
    expect(markFields('m.x:analysis:BTC-USD:M5')).toEqual([
      'm.x',
      'm.x:analysis',
      'm.x:analysis:btc-usd',
      'm.x:analysis:btc-usd:m5',
    ]);
  });
});

describe('unionOfTags', () => {
  it('keeps the earlier start of a tag that comes twice', () => {
    const [left, right] = [
      [{ tag: 'a', start: 2 }],
      [
        { tag: 'a', start: 1 },
        { tag: 'b', start: 3 },
      ],
    ];
    expect(unionOfTags(left ?? [], right ?? [])).toEqual([
      { tag: 'a', start: 1 },
      { tag: 'b', start: 3 },
    ]);
  });
});
