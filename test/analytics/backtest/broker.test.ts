import { describe, expect, it } from 'vitest';
import { Broker, type BrokerTerms } from '../../../src/analytics/backtest/broker.js';
import { barsOf, type Bar } from './support/bars.js';

const TERMS: BrokerTerms = {
  cash: 1_000,
  unit: 1,
  spread: 0,
  commission: () => 0,
  tradeOnClose: false,
  exclusiveOrders: false,
};

/** A broker that has stepped to the second bar, the first on which an order can be placed. */
function openBroker(bars: readonly Bar[], terms: Partial<BrokerTerms> = {}): Broker {
  const broker = new Broker(barsOf(bars), { ...TERMS, ...terms });
  broker.step(1);
  return broker;
}

/** The same over bars that open where they close. */
function openBrokerAt(prices: readonly number[], terms: Partial<BrokerTerms> = {}): Broker {
  return openBroker(
    prices.map((price) => [price, price]),
    terms,
  );
}

describe('the fill of an order', () => {
  it('is at the open of the next bar', () => {
    const broker = openBroker([
      [8, 9],
      [9, 10],
      [11, 12],
      [14, 13],
    ]);
    broker.enter('LONG');
    expect(broker.side).toBeUndefined();
    broker.step(2);
    expect(broker.side).toBe('LONG');
    expect(broker.trades).toEqual([
      { side: 'LONG', units: 90, entryBar: 2, entryPrice: 11, exitBar: null, exitPrice: null },
    ]);
    broker.closePosition();
    broker.step(3);
    expect(broker.side).toBeUndefined();
    expect(broker.trades).toEqual([
      { side: 'LONG', units: 90, entryBar: 2, entryPrice: 11, exitBar: 3, exitPrice: 14 },
    ]);
    expect([...broker.equity]).toEqual([1_000, 1_000, 1_000 + 90 * (12 - 11), 1_000 + 90 * (14 - 11)]);
  });

  it('is at the close on which it was placed, with tradeOnClose', () => {
    const broker = openBroker(
      [
        [8, 9],
        [9, 11],
        [12, 14],
        [15, 16],
      ],
      { tradeOnClose: true },
    );
    broker.enter('SHORT');
    broker.step(2);
    broker.closePosition();
    broker.step(3);
    expect(broker.trades).toEqual([
      { side: 'SHORT', units: 90, entryBar: 1, entryPrice: 11, exitBar: 2, exitPrice: 14 },
    ]);
    expect([...broker.equity]).toEqual([1_000, 1_000, 1_000 - 90 * 3, 1_000 - 90 * 3]);
  });

  it('pays the spread on entry alone: a long so much more, a short gets so much less', () => {
    const long = openBrokerAt([100, 100, 100, 100], { spread: 0.01 });
    long.enter('LONG');
    long.step(2);
    long.closePosition();
    long.step(3);
    expect(long.trades).toMatchObject([{ units: 9, entryPrice: 101, exitPrice: 100 }]);
    expect(long.equity[3]).toBe(1_000 - 9 * 1);

    const short = openBrokerAt([100, 100, 100, 100], { spread: 0.01 });
    short.enter('SHORT');
    short.step(2);
    short.closePosition();
    short.step(3);
    expect(short.trades).toMatchObject([{ units: 10, entryPrice: 99, exitPrice: 100 }]);
    expect(short.equity[3]).toBe(1_000 - 10 * 1);
  });

  it('costs commission on entry and on exit', () => {
    const broker = openBrokerAt([100, 100, 100, 200], { commission: (quantity, price) => quantity * price * 0.01 });
    broker.enter('LONG');
    broker.step(2);
    expect(broker.trades).toMatchObject([{ units: 9 }]);
    expect(broker.equity[2]).toBe(1_000 - 9);
    broker.closePosition();
    broker.step(3);
    expect(broker.equity[3]).toBe(1_000 - 9 + 900 - 18);
  });

  it('asks for the commission of a quantity, not of units', () => {
    const asked: number[] = [];
    const broker = openBrokerAt([10, 10, 10], {
      unit: 0.5,
      commission: (quantity) => {
        asked.push(quantity);
        return 0;
      },
    });
    broker.enter('LONG');
    broker.step(2);
    expect(broker.trades).toMatchObject([{ units: 199 }]);
    expect(asked).toEqual([0.5 * (1 - Number.EPSILON), 99.5]);
  });
});

describe('the size of an order', () => {
  it('is what the cash pays for, less the smallest fraction of it', () => {
    expect(filledUnits(1_000, 11)).toBe(90);
    expect(filledUnits(999, 10)).toBe(99);
    expect(filledUnits(1_000, 10)).toBe(99);
  });

  it('is cut to whole units, also where the quotient would be rounded up to one', () => {
    expect((11.5 * (1 - Number.EPSILON)) / 2.3).toBe(5);
    expect(filledUnits(11.5, 2.3)).toBe(4);
  });

  it('leaves the commission to be paid', () => {
    expect(filledUnits(1_000, 10, { commission: (quantity, price) => quantity * price * 0.01 })).toBe(99);
    expect(filledUnits(1_000, 10, { commission: (quantity, price) => quantity * price * 0.02 })).toBe(98);
  });

  it('takes a fixed commission as one on every unit', () => {
    expect(filledUnits(1_000, 10, { commission: () => 15 })).toBe(39);
  });

  it('counts units of which each is a fraction', () => {
    expect(filledUnits(100, 236.69, { unit: 1e-6 })).toBe(422_493);
    expect(filledUnits(10_000, 0.00001, { unit: 1e-8 })).toBeCloseTo(1e17, -3);
  });

  it.each([
    ['more than there is', 1_001],
    ['nothing', 0],
    ['less than nothing', -1],
  ])('is none at a price of %s, and the order is dropped', (_, price) => {
    const broker = openBrokerAt([10, 10, price, 10, 10]);
    broker.enter('LONG');
    broker.step(2);
    broker.step(3);
    expect(broker.trades).toEqual([]);
    expect([...broker.equity]).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  it('is by the equity at the close of the bar, less what is open at that close', () => {
    const broker = openBroker([
      [10, 10],
      [10, 10],
      [10, 10],
      [7.5, 8],
    ]);
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('SHORT');
    broker.step(3);
    const available = 1_000 + 99 * 2 - 99 * 8;
    expect(broker.trades.map(({ units }) => units)).toEqual([99, Math.floor(available / 7.5)]);
  });

  it('is none where everything is tied up', () => {
    const broker = openBrokerAt([10, 10, 10, 20]);
    broker.enter('LONG');
    broker.step(2);
    broker.enter('LONG');
    broker.step(3);
    expect(broker.trades).toHaveLength(1);
  });

  function filledUnits(cash: number, price: number, terms: Partial<BrokerTerms> = {}): number | undefined {
    const broker = openBrokerAt([price, price, price], { cash, ...terms });
    broker.enter('LONG');
    broker.step(2);
    return broker.trades[0]?.units;
  }
});

describe('an order against what is open', () => {
  /** Short 99 at 10, short 50 more at 8, and a bar at `price` to come. */
  function twiceShort(price: number, terms: Partial<BrokerTerms> = {}): Broker {
    const broker = openBrokerAt([10, 10, 10, 8, price, price], terms);
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('SHORT');
    broker.step(3);
    expect(broker.trades.map(({ units }) => units)).toEqual([99, 50]);
    return broker;
  }

  it('closes the oldest first and opens with what remains', () => {
    const broker = twiceShort(4);
    broker.enter('LONG');
    broker.step(4);
    // 1794 of equity, 596 tied up: 299 units at 4.
    expect(broker.trades).toEqual([
      { side: 'SHORT', units: 99, entryBar: 2, entryPrice: 10, exitBar: 4, exitPrice: 4 },
      { side: 'SHORT', units: 50, entryBar: 3, entryPrice: 8, exitBar: 4, exitPrice: 4 },
      { side: 'LONG', units: 150, entryBar: 4, entryPrice: 4, exitBar: null, exitPrice: null },
    ]);
    expect(broker.equity[4]).toBe(1_000 + 99 * 6 + 50 * 4);
    expect(broker.side).toBe('LONG');
  });

  it('closes a part where it is the smaller one', () => {
    const broker = twiceShort(7);
    broker.enter('LONG');
    broker.step(4);
    // 1347 of equity, 1043 tied up: 43 units at 7.
    expect(broker.trades).toEqual([
      { side: 'SHORT', units: 43, entryBar: 2, entryPrice: 10, exitBar: 4, exitPrice: 7 },
      { side: 'SHORT', units: 56, entryBar: 2, entryPrice: 10, exitBar: null, exitPrice: null },
      { side: 'SHORT', units: 50, entryBar: 3, entryPrice: 8, exitBar: null, exitPrice: null },
    ]);
    expect(broker.equity[4]).toBe(1_000 + 99 * 3 + 50 * 1);
  });

  it('closes at the price itself and opens with the spread', () => {
    const broker = openBrokerAt([10, 10, 10, 4], { spread: 0.1 });
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('LONG');
    broker.step(3);
    const [closed, opened] = broker.trades;
    expect(closed).toMatchObject({ side: 'SHORT', entryPrice: 9, exitPrice: 4 });
    expect(opened).toMatchObject({ side: 'LONG', entryPrice: 4.4 });
  });
});

describe('closePosition', () => {
  it('is filled before what was queued earlier', () => {
    const broker = openBrokerAt([10, 10, 10, 20, 20]);
    broker.enter('LONG');
    broker.step(2);
    broker.enter('SHORT');
    broker.closePosition();
    broker.step(3);
    expect(broker.trades).toMatchObject([
      { side: 'LONG', units: 99, exitBar: 3, exitPrice: 20 },
      { side: 'SHORT', units: 99, entryBar: 3, exitBar: null },
    ]);
  });

  it('closes every trade, the newest first', () => {
    const broker = openBrokerAt([10, 10, 10, 8, 8, 8]);
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('SHORT');
    broker.step(3);
    broker.closePosition();
    broker.step(4);
    expect(broker.trades).toMatchObject([
      { units: 50, entryBar: 3, exitBar: 4 },
      { units: 99, entryBar: 2, exitBar: 4 },
    ]);
  });

  it('closes once where it is asked twice', () => {
    const broker = openBrokerAt([10, 10, 10, 20, 20]);
    broker.enter('LONG');
    broker.step(2);
    broker.closePosition();
    broker.closePosition();
    broker.step(3);
    expect(broker.trades).toMatchObject([{ units: 99, exitBar: 3 }]);
    expect(broker.equity[3]).toBe(1_990);
  });

  it('does nothing where nothing is open', () => {
    const broker = openBrokerAt([10, 10, 10]);
    broker.closePosition();
    broker.step(2);
    expect(broker.trades).toEqual([]);
  });
});

describe('exclusive orders', () => {
  it('cancel what is queued', () => {
    for (const exclusiveOrders of [false, true]) {
      const broker = openBrokerAt([10, 10, 10], { exclusiveOrders });
      broker.enter('LONG');
      broker.enter('SHORT');
      broker.step(2);
      expect(broker.side).toBe(exclusiveOrders ? 'SHORT' : 'LONG');
    }
  });

  it('close what is open', () => {
    for (const exclusiveOrders of [false, true]) {
      const broker = openBrokerAt([10, 10, 10, 10], { exclusiveOrders });
      broker.enter('LONG');
      broker.step(2);
      broker.enter('SHORT');
      broker.step(3);
      expect(broker.side).toBe(exclusiveOrders ? 'SHORT' : 'LONG');
    }
  });
});

describe('a broker without equity', () => {
  it('closes everything at the close, and is worth nothing to the end', () => {
    const broker = openBroker([
      [10, 10],
      [10, 10],
      [10, 10],
      [15, 21],
      [5, 5],
      [5, 5],
    ]);
    broker.enter('SHORT');
    broker.step(2);
    broker.step(3);
    expect(broker.side).toBeUndefined();
    broker.enter('LONG');
    broker.step(4);
    broker.step(5);
    broker.finalize();
    expect(broker.trades).toEqual([
      { side: 'SHORT', units: 99, entryBar: 2, entryPrice: 10, exitBar: 3, exitPrice: 21 },
    ]);
    expect([...broker.equity]).toEqual([1_000, 1_000, 1_000, 0, 0, 0]);
  });

  it('closes every trade', () => {
    const broker = openBrokerAt([10, 10, 10, 8, 30]);
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('SHORT');
    broker.step(3);
    broker.step(4);
    expect(broker.trades).toMatchObject([
      { units: 99, exitBar: 4 },
      { units: 50, exitBar: 4 },
    ]);
  });

  it('has none at exactly 0', () => {
    const broker = openBrokerAt([40, 40, 40, 89, 90], { cash: 100 });
    broker.enter('SHORT');
    broker.step(2);
    broker.step(3);
    expect(broker.equity[3]).toBe(2);
    expect(broker.side).toBe('SHORT');
    broker.step(4);
    expect(broker.equity[4]).toBe(0);
    expect(broker.side).toBeUndefined();
  });
});

describe('finalize', () => {
  it('closes what is open at the open of the last bar, the oldest first, and takes its equity again', () => {
    const broker = openBroker([
      [10, 10],
      [10, 10],
      [10, 10],
      [8, 8],
      [6, 7],
    ]);
    broker.enter('SHORT');
    broker.step(2);
    broker.enter('SHORT');
    broker.step(3);
    broker.step(4);
    expect(broker.equity[4]).toBe(1_000 + 99 * 3 + 50 * 1);
    broker.finalize();
    expect(broker.trades).toMatchObject([
      { units: 99, exitBar: 4, exitPrice: 6 },
      { units: 50, exitBar: 4, exitPrice: 6 },
    ]);
    expect(broker.equity[4]).toBe(1_000 + 99 * 4 + 50 * 2);
  });

  it('closes at that open also with tradeOnClose', () => {
    const broker = openBroker(
      [
        [10, 10],
        [10, 10],
        [12, 13],
      ],
      { tradeOnClose: true },
    );
    broker.enter('LONG');
    broker.step(2);
    broker.finalize();
    expect(broker.trades).toMatchObject([{ entryBar: 1, entryPrice: 10, exitBar: 2, exitPrice: 12 }]);
  });

  it('drops what was placed on the last bar', () => {
    const broker = openBrokerAt([10, 10, 10]);
    broker.step(2);
    broker.enter('LONG');
    broker.finalize();
    expect(broker.trades).toEqual([]);
  });

  it('ends at 0 where the open of the last bar leaves nothing', () => {
    const broker = openBroker([
      [10, 10],
      [10, 10],
      [10, 10],
      [21, 10],
    ]);
    broker.enter('SHORT');
    broker.step(2);
    broker.step(3);
    expect(broker.equity[3]).toBe(1_000);
    broker.finalize();
    expect(broker.equity[3]).toBe(0);
  });
});
