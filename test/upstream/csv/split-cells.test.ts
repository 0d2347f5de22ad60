import { describe, expect, it } from 'vitest';
import { splitCells } from '../../../src/upstream/csv/split-cells.js';

describe('splitCells', () => {
  it('splits at the delimiter and drops the white space around cells', () => {
    expect(splitCells('a, b ,,d', ',')).toEqual(['a', 'b', '', 'd']);
    expect(splitCells('a;b,c', ';')).toEqual(['a', 'b,c']);
    expect(splitCells('', ',')).toEqual(['']);
  });

  it.each([
    ['"a","b"', ['a', 'b']],
    ['"a,b",c', ['a,b', 'c']],
    ['a,"b"', ['a', 'b']],
    ['"",b', ['', 'b']],
    ['a,"",', ['a', '', '']],
    ['"a ""b"" c",d', ['a "b" c', 'd']],
    ['"a""",b', ['a"', 'b']],
    [' "a" , "b,c" ', ['a', 'b,c']],
  ])('takes cells out of their quotes: %s', (line, cells) => {
    expect(splitCells(line, ',')).toEqual(cells);
  });
});
