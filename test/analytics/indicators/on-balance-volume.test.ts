import { describe, expect, it } from 'vitest';
import { onBalanceVolume } from '../../../src/analytics/indicators/on-balance-volume.js';
import { candleAt } from '../support/candles.js';

describe('onBalanceVolume', () => {
  it('adds the volume of higher closes, takes that of lower ones and leaves equal ones', () => {
    const closes = [10, 11, 11, 9];
    expect(onBalanceVolume(closes.map((close, index) => candleAt(index, close, { volume: 2 ** index })))).toEqual([
      0, 2, 2, -6,
    ]);
  });
});
