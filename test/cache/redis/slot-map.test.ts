import { describe, expect, it } from 'vitest';
import { latestOf, parseSlotMap } from '../../../src/cache/redis/slot-map.js';

const INFO = 'cluster_enabled:1\r\ncluster_current_epoch:7\r\ncluster_my_epoch:3\r\n';

describe('parseSlotMap', () => {
  it('gives each slot to the first of its nodes', () => {
    const slots = [
      [0, 1, ['10.0.0.1', 7000, 'id', []], ['10.0.0.2', 7000, 'id']],
      [3, 3, ['10.0.0.3', 7000]],
    ];
    expect(parseSlotMap(slots, INFO, 'seed:7000')).toEqual({
      epoch: 7,
      owners: ['10.0.0.1:7000', '10.0.0.1:7000', undefined, '10.0.0.3:7000'],
    });
  });

  it.each([null, '', '?'])('looks for a host of %j where it asked', (host) => {
    expect(parseSlotMap([[0, 0, [host, 7001]]], INFO, 'seed:7000').owners).toEqual(['seed:7001']);
  });

  it('takes the epoch for the oldest where it is not told', () => {
    expect(parseSlotMap([], new Error('NOPERM'), 'seed:7000').epoch).toBe(0);
  });

  it('throws where it is no such reply', () => {
    expect(() => parseSlotMap('OK', INFO, 'seed:7000')).toThrow();
  });
});

describe('latestOf', () => {
  const at = (epoch: number, owner: string) => ({ epoch, owners: [owner] });

  it('believes who has seen the latest failover', () => {
    expect(latestOf([at(2, 'old:1'), at(3, 'new:1'), undefined, at(1, 'older:1')])).toEqual(at(3, 'new:1'));
  });

  it('believes the first where nothing tells them apart', () => {
    expect(latestOf([undefined, at(2, 'a:1'), at(2, 'b:1')])).toEqual(at(2, 'a:1'));
  });

  it('does not believe a node that knows of no slot', () => {
    expect(latestOf([{ epoch: 9, owners: [] }])).toBeUndefined();
  });
});
