import { describe, expect, it } from 'vitest';
import { BREAKS, STEPPED_TIME } from '../../bench/consistency/breaks.js';
import { readSources } from '../../bench/consistency/build.js';
import { Checker, type CheckerOptions } from '../../bench/consistency/checker.js';
import { Disturbances } from '../../bench/consistency/disturbances.js';
import { applyEdits } from '../../bench/consistency/edit.js';
import type { Answered, Operation, Reading } from '../../bench/consistency/history.js';
import { isPublished, RespFrames } from '../../bench/consistency/resp-frames.js';
import { Steps } from '../../bench/consistency/steps.js';

const BOUND = { maxAgeMs: 30_000, aloneMs: 2_000 };

/** A history that is written by hand: events in the order of their ends, times in ms. */
class HandWritten {
  /** What the nemeses' clock shows. */
  now = 0;
  readonly disturbances = new Disturbances(() => this.now);
  readonly checker: Checker;

  constructor(options: Partial<CheckerOptions> = {}) {
    this.checker = new Checker({
      bounds: { register: BOUND, lagging: BOUND, lasting: BOUND, mine: BOUND, composite: BOUND, board: BOUND },
      disturbances: this.disturbances,
      ...options,
    });
  }

  /** The upstream takes a version at `at`, and its write is acknowledged at `end`. */
  write(version: number, times: { start: number; at: number; end: number }, more: Change = {}): this {
    this.checker.applied({ key: 'r', version, at: times.at });
    return this.operation('write', [{ key: 'r', version }], times, more);
  }

  read(version: number, start: number, end: number, more: Change = {}): this {
    return this.operation('read', [{ key: 'r', version, status: 'HIT', layer: 'REDIS' }], { start, end }, more);
  }

  refresh(version: number, start: number, end: number, more: Change = {}): this {
    const reading: Reading = { key: 'r', version, status: 'REFRESHED', kept: true };
    return this.operation('refresh', [reading], { start, end }, more);
  }

  compute(gateway: string, start: number, end: number): this {
    this.checker.computed({ key: 'r', gateway, start, end });
    return this;
  }

  fail(error: string, start: number, end: number): this {
    const outcome = { type: 'failed', error } as const;
    this.checker.operation({ kind: 'read', field: 'register', gateway: 'g1.1', start, end, outcome });
    return this;
  }

  /** Something is done between two moments. */
  disturb(what: string, start: number, end: number, gateway?: string): this {
    this.now = start;
    const finish = this.disturbances.begin(what, gateway === undefined ? {} : { gateway });
    this.now = end;
    finish();
    return this;
  }

  get rules(): string[] {
    this.checker.finish();
    return this.checker.violations.map(({ rule }) => rule);
  }

  private operation(
    kind: Operation['kind'],
    readings: readonly Reading[],
    { start, end }: { readonly start: number; readonly end: number },
    { gateway = 'g1.1', viewer, field = 'register', ...answered }: Change,
  ): this {
    const outcome: Answered = { type: 'answered', readings, alone: false, pending: false, ...answered };
    this.checker.operation({ kind, field, gateway, viewer, start, end, outcome });
    return this;
  }
}

/** What is other than usual. */
type Change = Partial<Pick<Operation, 'gateway' | 'viewer' | 'field'> & Omit<Answered, 'type'>>;

describe('Checker, of invalidations', () => {
  const written = () => new HandWritten().write(1, { start: 0, at: 5, end: 10 });

  it('finds a read that began after the acknowledgement and is older', () => {
    expect(written().read(0, 10.1, 12, { gateway: 'g2.1' }).rules).toEqual(['invalidated value read']);
    expect(written().read(0, 10.1, 12, { gateway: 'g3.7' }).rules).toEqual(['invalidated value read']);
  });

  it('lets a read that began before the acknowledgement see either value', () => {
    expect(written().read(0, 9.9, 50).read(1, 9.9, 51).rules).toEqual([]);
  });

  it('is content with a newer version, also of a write that nobody has acknowledged', () => {
    const history = written();
    history.checker.applied({ key: 'r', version: 2, at: 20 });
    expect(history.read(2, 21, 22).read(1, 21, 23).rules).toEqual([]);
  });

  it('holds the highest of the acknowledged versions against a read', () => {
    const history = written().write(3, { start: 11, at: 12, end: 13 }).write(2, { start: 11, at: 11.5, end: 14 });
    expect(history.read(2, 15, 16, { gateway: 'g2.1' }).rules).toEqual(['invalidated value read']);
  });

  it('finds a payload from before its own write', () => {
    const payload = { key: 'r', version: 0 };
    expect(new HandWritten().write(1, { start: 0, at: 5, end: 10 }, { payload }).rules).toEqual(['own write unseen']);
  });

  it('prints what became of the key, and what the nemeses did meanwhile', () => {
    const history = written().disturb('redis-flush', 10, 11).read(0, 10.5, 12, { gateway: 'g2.1' });
    expect(history.checker.violations[0]?.history.map((line) => line.trim())).toEqual([
      '0.0000s –    0.0100s  g1.1  write register: version 1',
      '0.0100s –    0.0110s  ====  redis-flush',
      '0.0105s –    0.0120s  g2.1  read register: version 0 HIT REDIS',
    ]);
  });

  it('counts what it does not keep', () => {
    const history = written();
    for (let i = 0; i < 50; i += 1) history.read(0, 11 + i, 12 + i, { gateway: 'g2.1' });
    expect(history.checker.violations).toHaveLength(20);
    expect(history.checker.violationCounts.get('invalidated value read')).toBe(50);
  });
});

describe('Checker, of a gateway that is alone', () => {
  const written = () => new HandWritten().write(1, { start: 0, at: 5, end: 10 });

  it('lets it serve for 2 s what was there at the upstream', () => {
    expect(written().read(0, 2_004, 2_100, { gateway: 'g2.1', alone: true }).rules).toEqual([]);
  });

  it('finds what it serves longer', () => {
    expect(written().read(0, 2_006, 2_100, { gateway: 'g2.1', alone: true }).rules).toEqual(['invalidated value read']);
  });

  it('excuses none but the one that says so', () => {
    expect(
      written().read(0, 1_000, 1_100, { gateway: 'g2.1', alone: true }).read(0, 1_000, 1_101, { gateway: 'g3.1' })
        .rules,
    ).toEqual(['invalidated value read']);
  });
});

describe('Checker, of what a gateway wrote itself', () => {
  const pending = () => new HandWritten().write(1, { start: 0, at: 5, end: 10 }, { gateway: 'g1.1', pending: true });

  it('lets other gateways serve the old value', () => {
    expect(pending().read(0, 11, 12, { gateway: 'g2.1' }).rules).toEqual([]);
  });

  it('holds it against the gateway that wrote, alone or not', () => {
    expect(pending().read(0, 11, 12, { gateway: 'g1.1' }).rules).toEqual(['own write unseen']);
    expect(pending().read(0, 11, 12, { gateway: 'g1.1', alone: true }).rules).toEqual(['own write unseen']);
  });

  it('forgets it with the life of that gateway', () => {
    expect(pending().read(0, 11, 12, { gateway: 'g1.2' }).rules).toEqual([]);
  });
});

describe('Checker, of the life of values', () => {
  const written = (options: Partial<CheckerOptions> = {}) => {
    const history = new HandWritten(options);
    history.checker.applied({ key: 'r', version: 1, at: 5 });
    return history;
  };

  it('finds a value past its life, whoever has acknowledged what', () => {
    expect(written().read(0, 30_006, 30_010).rules).toEqual(['value past its life']);
    expect(written().read(0, 30_004, 30_010).rules).toEqual([]);
  });

  it('leaves room for a clock of Redis that is stepped', () => {
    expect(written({ clockStepMs: 5_000 }).read(0, 35_004, 35_010).rules).toEqual([]);
    expect(written({ clockStepMs: 5_000 }).read(0, 35_006, 35_010).rules).toEqual(['value past its life']);
  });
});

describe('Checker, of private values', () => {
  const mine = (viewer: string) => ({
    readings: [{ key: 'mine:v1', version: 0, viewer: 'v1' }],
    viewer,
    field: 'mine',
  });

  it("finds another viewer's value", () => {
    expect(new HandWritten().read(0, 0, 1, { ...mine('v1'), field: 'mine' }).rules).toEqual([]);
    expect(new HandWritten().read(0, 0, 1, { ...mine('v2'), field: 'mine' }).rules).toEqual(["another viewer's value"]);
  });
});

describe('Checker, of forced refreshes', () => {
  const applied = () => {
    const history = new HandWritten();
    history.checker.applied({ key: 'r', version: 1, at: 5 });
    return history;
  };

  it('finds a result from before the request', () => {
    expect(applied().refresh(0, 6, 20).rules).toEqual(['refresh from before its request']);
    expect(applied().refresh(0, 4, 20).rules).toEqual([]);
  });

  it('binds those who read after it to what was there when it was asked for', () => {
    expect(applied().refresh(1, 6, 20).read(0, 21, 22).rules).toEqual(['invalidated value read']);
    expect(applied().refresh(1, 4, 20).read(0, 21, 22).rules).toEqual([]);
  });

  it('binds nobody where the gateway was alone or could not keep the result', () => {
    expect(applied().refresh(1, 6, 20, { alone: true }).read(0, 21, 22).rules).toEqual([]);
    const readings = [{ key: 'r', version: 1, status: 'REFRESHED', kept: false }] as const;
    expect(applied().refresh(1, 6, 20, { readings }).read(0, 21, 22).rules).toEqual([]);
  });
});

describe('Checker, of answers', () => {
  it('takes every failure of a gateway that lives for a violation', () => {
    const history = new HandWritten().disturb('redis-down', 0, 100).fail('boom', 10, 20);
    expect(history.rules).toEqual(['request failed']);
    expect(history.checker.violations[0]?.what).toBe('g1.1 answered with a failure: boom');
  });

  it('excuses the failures of a gateway that is killed, and of no other', () => {
    expect(new HandWritten().disturb('gateway killed', 15, 900, 'g1.1').fail('reset', 10, 20).rules).toEqual([]);
    expect(new HandWritten().disturb('gateway killed', 15, 900, 'g2.1').fail('reset', 10, 20).rules).toEqual([
      'request failed',
    ]);
  });

  it('finds an endless wait, the standstill of a stopped gateway taken off', () => {
    expect(new HandWritten().read(0, 0, 5_001).rules).toEqual(['endless wait']);
    expect(new HandWritten().disturb('gateway stopped', 100, 2_100, 'g1.1').read(0, 0, 7_000).rules).toEqual([]);
    expect(new HandWritten().disturb('gateway stopped', 100, 2_100, 'g1.1').read(0, 0, 7_001).rules).toEqual([
      'endless wait',
    ]);
  });
});

describe('Checker, of duplicate computations', () => {
  const two = () => new HandWritten().compute('g1.1', 10_000, 10_020).compute('g1.1', 10_010, 10_030);

  it('finds two of a key at one time in a process', () => {
    const history = two();
    expect(history.rules).toEqual(['duplicate computation']);
    expect(history.checker.duplicates).toEqual({ within: 1, across: 0 });
  });

  it('counts those of two processes: a lock may be lost', () => {
    const history = new HandWritten().compute('g1.1', 0, 20).compute('g2.1', 10, 30);
    expect(history.rules).toEqual([]);
    expect(history.checker.unexcusedAcross).toBe(1);
    expect(history.checker.duplicates).toEqual({ within: 0, across: 1 });
  });

  it('has nothing against one after the other', () => {
    expect(new HandWritten().compute('g1.1', 0, 20).compute('g1.1', 20, 30).rules).toEqual([]);
  });

  it('judges when a write around them has ended, however late that is', () => {
    const history = two().write(1, { start: 10_005, at: 10_006, end: 11_000 });
    expect(history.rules).toEqual([]);
    expect(two().write(1, { start: 10_031, at: 10_032, end: 11_000 }).rules).toEqual(['duplicate computation']);
  });

  it('leaves those that may still be excused for later', () => {
    const history = two().compute('g1.1', 22_000, 22_020).compute('g1.1', 22_010, 22_040);
    expect(history.checker.violations).toHaveLength(1);
    expect(history.write(1, { start: 22_005, at: 22_006, end: 23_000 }).rules).toHaveLength(1);
  });

  it('excuses them by a refresh of the key', () => {
    expect(two().refresh(0, 9_000, 10_015).rules).toEqual([]);
  });

  it('excuses them by a nemesis, until it is over for a while', () => {
    expect(new HandWritten().disturb('redis-stop', 6_000, 7_001).compute('g1.1', 10_000, 10_020).rules).toEqual([]);
    const during = new HandWritten().disturb('redis-stop', 6_000, 7_001);
    expect(during.compute('g1.1', 10_000, 10_020).compute('g1.1', 10_010, 10_030).rules).toEqual([]);
    const after = new HandWritten().disturb('redis-stop', 6_000, 6_999);
    expect(after.compute('g1.1', 10_000, 10_020).compute('g1.1', 10_010, 10_030).rules).toEqual([
      'duplicate computation',
    ]);
  });

  it('excuses them by a gateway that was alone', () => {
    expect(two().read(0, 10_000, 10_040, { alone: true }).rules).toEqual([]);
  });

  it('judges while the run goes on, and tells the history of their time', () => {
    const history = two().compute('g1.1', 30_000, 30_010);
    expect(history.checker.violations.map(({ history: lines }) => lines)).toEqual([
      [expect.any(String), expect.any(String)],
    ]);
  });
});

describe('Checker, of a long history', () => {
  it('still knows what binds a read', () => {
    const history = new HandWritten();
    for (let version = 1; version <= 100_000; version += 1) {
      const at = 20 * version;
      history.write(version, { start: at, at: at + 1, end: at + 2 }).read(version, at + 3, at + 4);
    }
    expect(history.checker.operations).toBe(200_000);
    expect(history.read(99_999, 2_000_006, 2_000_007, { gateway: 'g2.1' }).rules).toEqual(['invalidated value read']);
  });
});

describe('Steps', () => {
  it('knows the value at each moment, and forgets the distant past towards nothing', () => {
    const steps = new Steps();
    for (let i = 1; i <= 20_000; i += 1) steps.rise(100 * i, i);
    expect([steps.at(2_000_000), steps.at(1_999_999), steps.at(1_950_050)]).toEqual([20_000, 19_999, 19_500]);
    expect(steps.at(100)).toBe(0);
  });

  it('keeps the value that still stood when the remembered past begins', () => {
    const steps = new Steps();
    for (let i = 0; i < 2_000; i += 1) steps.rise(i === 0 ? 1 : 200_000 + i, i + 1);
    expect(steps.at(150_000)).toBe(1);
  });

  it('never falls', () => {
    const steps = new Steps();
    steps.rise(1, 5);
    steps.rise(2, 3);
    expect(steps.at(3)).toBe(5);
  });
});

describe('RespFrames', () => {
  const message = '*3\r\n$7\r\nmessage\r\n$3\r\nbus\r\n$5\r\nhello\r\n';
  const replies = [':1\r\n', '+OK\r\n', message, '$-1\r\n', '*0\r\n', '>2\r\n$1\r\na\r\n*1\r\n:2\r\n'];

  it('cuts replies apart, wherever the bytes were cut before', () => {
    const bytes = Buffer.from(replies.join(''));
    for (let size = 1; size <= bytes.length; size += 1) {
      const frames = new RespFrames();
      const cut: string[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        cut.push(...frames.push(bytes.subarray(at, at + size)).map(String));
      }
      expect(cut).toEqual(replies);
    }
  });

  it('knows what was published', () => {
    expect(replies.map((reply) => isPublished(Buffer.from(reply)))).toEqual([false, false, true, false, false, false]);
  });
});

describe('applyEdits', () => {
  it('refuses an edit that is not to be made at exactly one place', () => {
    const sources = new Map([['a.ts', 'one two two']]);
    const edit = (find: string) => () => applyEdits(sources, [{ file: 'a.ts', find, replace: 'x' }]);
    expect(edit('two')).toThrow('An edit of a.ts must be found once, but is found 2 times: two');
    expect(edit('three')).toThrow('is found 0 times: three');
    expect(applyEdits(sources, [{ file: 'a.ts', find: 'one', replace: '$&' }]).get('a.ts')).toBe('$& two two');
  });

  it.each([...BREAKS, { name: 'stepped TIME', edits: STEPPED_TIME }])('finds what $name edits', async ({ edits }) => {
    expect([...applyEdits(await readSources(), edits)]).not.toEqual([...(await readSources())]);
  });
});
