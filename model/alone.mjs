/**
 * An instance (B) that Redis does not answer, and raises that fail: what may it serve, and when does it believe Redis again? Another
 * instance (A), always with Redis, writes and drains the outbox. One tag, two policies: 2 ticks alone, or to the TTL (`ttl`).
 *
 * B is leased or not, and trusts Redis or not. With neither it is alone. `begun` orders its own computations against the end of
 * its lease and its failed raise; a clock of its own does that in the process.
 */
import { runIfMain, step, violation } from './explore.mjs';

const ALONE_TICKS = 2;

export const alone = {
  bounds: { writes: 1, ownWrites: 1, cuts: 1, computations: 1, holds: 1, ticks: 2, ttl: 0 },
  breaks: {
    keeplease: { what: 'a failed raise leaves the lease' },
    keeptrust: { what: 'a failed raise leaves the trust: reads of Redis may go on being answered' },
    holdfirst: { what: 'trust returns before the own failed raise is made good' },
    pendingblind: { what: 'a failed raise does not end what was computed alone before it', at: { writes: 0 } },
    early: { what: 'what is computed without trust, but under the lease, is served alone', at: { ownWrites: 0 } },
    aloneleased: { what: 'what was computed alone is served under a lease', at: { ownWrites: 0 } },
    joinolder: { what: 'a reader alone joins a computation from before the end of the lease' },
    forever: { what: 'what was computed alone is served without a bound', at: { ownWrites: 0 } },
    keepalone: { what: 'what was computed alone is kept as valid when trust returns', at: { ownWrites: 0 } },
    ttlpending: { what: 'a failed raise does not end the values that live to their TTL', at: { writes: 0, ttl: 1 } },
    ttlmarks: {
      what: 'a value that lives to its TTL is served although the mirror knew it to be ended',
      at: { ownWrites: 0, ttl: 1 },
    },
    ttlbefore: {
      what: 'a value that lives to its TTL is served although the mirror does not reach back to it',
      at: { ownWrites: 0, ttl: 1 },
    },
    draindeaf: { what: 'the drained raise does not wait for acknowledgements' },
  },
  init: (o) => ({
    left: { ...o },
    db: 0,
    required: 0,
    // `required` at the end of each tick before; what B itself has answered PENDING for; `required` when the last lease ended.
    requiredThen: [],
    own: 0,
    atLeaseEnd: 0,
    redis: { clock: 0, mark: 0 },
    bus: [],
    outbox: null,
    raising: null,
    b: { isTrusting: true, isLeased: true, since: 0, clock: 0, mark: 0, writing: null, pending: false },
    kept: null,
    keptAlone: null,
    flight: null,
  }),
  *next(s, o) {
    if (s.left.ticks > 0) {
      yield step('time passes', s, (t) => {
        t.left.ticks--;
        t.requiredThen = [...t.requiredThen, t.required].slice(-ALONE_TICKS);
        if (t.keptAlone) t.keptAlone.age++;
        if (t.flight) t.flight.age++;
      });
    }
    yield* write(s, o);
    yield* writeOwn(s, o);
    yield* loseAndFind(s, o);
    yield* compute(s, o);
    yield* read(s, o);
    if (s.bus.length > 0) {
      yield step('the bus delivers', s, (t) => {
        t.b.clock = t.bus.shift();
        t.b.mark = t.b.clock;
      });
    }
  },
};

/** A writes, or drains what B left in the outbox, and waits for B while B is leased. */
function* write(s, o) {
  if (!s.raising && s.left.writes > 0) {
    yield step('A writes and raises', s, (t) => {
      t.left.writes--;
      t.raising = { version: ++t.db, clock: raise(t) };
    });
  }
  if (!s.raising && s.outbox) {
    yield step('A drains the outbox', s, (t) => {
      t.raising = { version: t.outbox, clock: raise(t), isDrained: true };
      t.outbox = null;
    });
  }
  if (s.raising && (!s.b.isLeased || s.b.clock >= s.raising.clock || (o.draindeaf && s.raising.isDrained))) {
    yield step('the raise of A returns', s, (t) => {
      t.required = Math.max(t.required, t.raising.version);
      t.raising = null;
    });
  }
}

function* writeOwn(s, o) {
  const { b } = s;
  if (b.writing === null && s.left.ownWrites > 0) {
    yield step('B commits a write', s, (t) => {
      t.left.ownWrites--;
      t.b.writing = ++t.db;
      t.outbox = t.db;
    });
  }
  // It may fail where Redis answers everything else: one command timed out.
  if (b.writing !== null) {
    yield step('the raise of B fails, the mutation answers PENDING', s, (t) => {
      t.own = t.b.writing;
      t.b.writing = null;
      t.b.pending = true;
      if (!o.keeplease) endLease(t);
      if (!o.keeptrust) t.b.isTrusting = false;
      if (!o.pendingblind) t.keptAlone = null;
      if (!o.ttlpending && t.kept) t.kept.isEnded = true;
      // What is under way began before: it may land, for who waits already.
      if (t.flight && !o.pendingblind) t.flight.isEnded = true;
    });
  }
  if (b.pending) {
    yield step('B makes its raise good', s, (t) => {
      raise(t);
      t.b.pending = false;
    });
  }
}

function* loseAndFind(s, o) {
  const { b } = s;
  if (b.isTrusting && s.left.cuts > 0) {
    yield step('trust ends', s, (t) => {
      t.left.cuts--;
      t.b.isTrusting = false;
    });
  }
  if (b.isLeased) yield step('the lease ends', s, endLease);
  if (s.left.holds > 0 && !b.isLeased && (o.holdfirst || !b.pending)) {
    yield step('a hold afresh is granted', s, (t) => {
      t.left.holds--;
      if (!t.b.isTrusting) {
        if (o.keepalone && t.keptAlone) {
          t.kept = { value: t.keptAlone.value, start: t.redis.clock + 1, memo: t.redis.clock + 1 };
        }
        if (!o.aloneleased) t.keptAlone = null;
        if (t.flight?.how === 'alone') t.flight.how = 'nobody';
      }
      t.b.isTrusting = true;
      t.b.isLeased = true;
      t.bus = [];
      t.b.since = t.b.clock = ++t.redis.clock;
      t.b.mark = 0;
    });
  }
}

function* compute(s, o) {
  const { b, flight } = s;
  if (!flight && s.left.computations > 0) {
    const how = b.isTrusting ? 'tide' : b.isLeased ? 'waiting' : 'alone';
    yield step(`B begins to compute (${how})`, s, (t) => {
      t.left.computations--;
      t.flight = { how, start: b.isLeased ? b.clock : t.redis.clock, age: 0 };
    });
  } else if (flight && flight.value === undefined) {
    yield step('B computes', s, (t) => (t.flight.value = t.db));
  } else if (flight) {
    // Who asks now joins what is about to land, where that is allowed.
    const mayJoinAlone = o.joinolder || (flight.how === 'alone' && !flight.isEnded);
    if (!b.isLeased && !b.isTrusting && mayJoinAlone && flight.age < ALONE_TICKS) {
      yield* serveAlone(s, 'a reader who came alone is given what lands', flight.value, true);
    }
    if ((b.isLeased || b.isTrusting) && flight.how !== 'alone' && flight.how !== 'nobody') {
      const mark = b.isLeased ? b.mark : s.redis.mark;
      const isCovered = !b.isLeased || flight.start >= b.since;
      if (isCovered && mark <= flight.start) yield* serve(s, 'a reader is given what lands', flight.value);
    }
    yield step('what was computed lands', s, (t) => {
      const { how, value, start, age, isEnded } = t.flight;
      t.flight = null;
      if (how === 'tide') t.kept = { value, start, memo: start, isEnded };
      if ((how === 'alone' || (o.early && how === 'waiting')) && !isEnded) t.keptAlone = { value, age };
    });
  }
}

function* read(s, o) {
  const { b, kept, keptAlone, redis } = s;
  const reaches = kept && (kept.start >= b.since || kept.memo >= b.since);
  if (b.isLeased) {
    if (kept && reaches && b.mark <= kept.start) yield* serve(s, 'B reads its memory, leased', kept.value);
    if (o.aloneleased && keptAlone) yield* serve(s, 'B reads what it computed alone, leased', keptAlone.value);
  } else if (b.isTrusting) {
    if (kept && redis.mark <= kept.start) {
      yield* serve(s, 'B reads its memory, and Redis finds it valid', kept.value);
      if (kept.memo !== redis.clock) {
        yield step('B remembers that', s, (t) => (t.kept.memo = redis.clock));
      }
    }
  } else {
    if (keptAlone && (o.forever || keptAlone.age < ALONE_TICKS)) {
      yield* serveAlone(s, 'B reads what it computed alone', keptAlone.value, true);
    }
    // What the mirror knew when it was believed stays known: a mark that was seen is never taken back.
    const isKnownEnded = kept && (kept.isEnded || (b.mark > kept.start && !o.ttlmarks));
    if (kept && o.ttl && (reaches || o.ttlbefore) && !isKnownEnded) {
      yield* serveAlone(s, 'B reads what may live to its TTL, alone', kept.value, false);
    }
  }
}

function* serve(s, name, value) {
  const required = Math.max(s.required, s.own);
  if (value < required) yield violation(name, `served ${value} where ${required} had been acknowledged`);
}

/** Alone, it may serve what is old by the bound, never what its lease had ended, nor what its own failed raise has. */
function* serveAlone(s, name, value, isBounded) {
  const bounded = isBounded ? (s.requiredThen.length === ALONE_TICKS ? s.requiredThen[0] : 0) : 0;
  const required = Math.max(bounded, s.atLeaseEnd, s.own);
  if (value < required) yield violation(name, `served ${value} alone where it must be ${required}`);
}

function endLease(t) {
  if (t.b.isLeased) t.atLeaseEnd = t.required;
  t.b.isLeased = false;
}

function raise(t) {
  t.redis.mark = ++t.redis.clock;
  t.bus.push(t.redis.clock);
  return t.redis.clock;
}

runIfMain(alone, import.meta.url);
