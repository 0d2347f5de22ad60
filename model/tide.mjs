/**
 * The protocol whole, where Redis loses its state: flush, eviction of the tide alone, restart or failover to an older state, messages
 * lost and late. Writers (one at a time, and another one that raises a tag nobody watches), an instance B with memory, mirror, lease
 * and trust, an instance C that reads Redis. One watched tag. A new generation's clock begins low: it may not be relied upon.
 *
 * A lease is over for a raiser when it was sent for before the raise (`sentAt`, counted in raises); members.mjs has the time itself.
 */
import { runIfMain, step, violation } from './explore.mjs';

export const tide = {
  bounds: { writes: 1, faults: 1, holds: 2, others: 0, moves: 0 },
  breaks: {
    nosilent: { what: 'a new generation begins without the silent member', at: { holds: 2 } },
    norun: { what: 'what another process of Redis wrote is believed', at: { holds: 0 } },
    nogeneration: { what: 'generations are not compared', at: { holds: 2 } },
    notrust: { what: 'Redis is believed on a connection that has held no hold', at: { holds: 0 } },
    splithash: { what: 'clock and marks do not live in one key: one is lost without the other', at: { holds: 0 } },
    nosince: { what: 'the mirror alone is asked about entries from before `since`', at: { holds: 2, faults: 0 } },
    ackgap: { what: 'a message behind a gap is applied and acknowledged', at: { others: 1, faults: 0 } },
    tickleases: {
      what: 'the tick with which a mirror begins afresh gives a lease, though it makes no member',
      at: { holds: 1, faults: 0 },
    },
    pollforeign: { what: 'the poll of the members does not ask which process of Redis wrote them', at: { holds: 2 } },
    nowait: { what: 'a raise does not wait', at: { holds: 2, faults: 0 } },
  },
  init: (o) => ({
    left: { ...o },
    db: 0,
    required: 0,
    redis: { generation: 1, clock: 0, mark: 0, floor: 0, silent: false, member: 0, isForeign: false },
    stored: null,
    snapshot: null,
    generations: 1,
    raises: 0,
    bus: [],
    b: {
      generation: 0,
      clock: -1,
      since: 0,
      mark: 0,
      isDeaf: true,
      lease: null,
      isTrusting: true,
      hold: null,
      tick: 0,
    },
    endedBefore: 0,
    kept: null,
    flight: null,
    c: { isTrusting: true },
    ack: { generation: 0, clock: 0 },
    raising: null,
  }),
  *next(s, o) {
    yield* read(s, o);
    yield* write(s, o);
    yield* hear(s, o);
    yield* hold(s, o);
    yield* compute(s);
    yield* fail(s, o);
    if (s.left.moves > 0 && !s.b.isDeaf && s.b.since < s.b.clock) {
      yield step('`since` moves up', s, (t) => {
        t.left.moves--;
        t.b.since = t.b.clock;
        t.b.mark = 0;
      });
    }
  },
};

function* write(s, o) {
  const { raising, redis, ack, b } = s;
  if (!raising && s.left.writes > 0) {
    yield step('write', s, (t) => {
      t.left.writes--;
      t.raising = { version: ++t.db };
    });
  } else if (raising && !raising.clock) {
    yield step('raise', s, (t) => {
      adopt(t, o);
      t.redis.mark = t.redis.clock + 1;
      const clock = publish(t, { mark: t.redis.mark });
      const { generation, member, silent } = t.redis;
      Object.assign(t.raising, { generation, clock, member, silent, number: t.raises });
    });
  } else if (raising) {
    const { generation, clock, member, silent, number } = raising;
    // The poll begins with `adopt`, as every script: after a restart the old generation stands there with members of an older time.
    const isSame = redis?.generation === generation && (o.pollforeign || !redis.isForeign);
    const acknowledged = (o.nogeneration || ack.generation === generation) && ack.clock >= clock;
    const isMemberDone = !member || acknowledged || (isSame && redis.member !== member);
    if (o.nowait || (isMemberDone && (!silent || (isSame && !redis.silent)))) yield step('return', s, ret);
    if (!(b.lease !== null && b.lease < number)) {
      yield step('return after a term', s, (t) => {
        t.endedBefore = Math.max(t.endedBefore, number);
        if (isSame && !redis.isForeign) {
          t.redis.silent = false;
          if (redis.member === member) t.redis.member = 0;
        }
        ret(t);
      });
    }
  }
  if (s.left.others > 0) {
    yield step('another raise, of what nobody watches', s, (t) => {
      t.left.others--;
      adopt(t, o);
      publish(t, {});
    });
  }
}

function ret(t) {
  t.required = Math.max(t.required, t.raising.version);
  t.raising = null;
}

function* hear(s, o) {
  if (s.bus.length === 0) return;
  yield step('deliver', s, (t) => {
    const { generation, previous, clock, mark, tick, sentAt } = t.bus.shift();
    const { b } = t;
    if (tick && tick === b.tick) {
      Object.assign(b, { generation, clock, since: clock, mark: 0, isDeaf: false, tick: 0 });
      if (o.tickleases && sentAt >= t.endedBefore) b.lease = sentAt;
    } else if ((generation !== b.generation && !o.nogeneration) || clock <= b.clock) {
      return;
    } else if (o.ackgap || (previous === b.clock && !b.isDeaf)) {
      b.clock = clock;
      b.mark = Math.max(b.mark, mark ?? 0);
    } else {
      b.isDeaf = true;
      b.lease = null;
      return;
    }
    t.ack = { generation, clock };
  });
  yield step('lose', s, (t) => t.bus.shift());
}

function* hold(s, o) {
  const { b } = s;
  if (b.lease !== null) yield step('the lease ends', s, (t) => (t.b.lease = null));
  if (!b.hold && s.left.holds > 0) {
    const id = s.left.holds;
    const { generation, clock } = b;
    if (!b.isDeaf) {
      yield step('hold: sent', s, (t) => {
        t.left.holds--;
        t.b.hold = { id, generation, clock, sentAt: t.raises };
      });
    }
    yield step('hold afresh: sent', s, (t) => {
      t.left.holds--;
      Object.assign(t.b, { isDeaf: true, tick: id, hold: { id, isAfresh: true, sentAt: t.raises } });
      t.b.lease = null;
    });
  } else if (b.hold && !b.hold.answer) {
    yield step('hold: executed', s, (t) => {
      adopt(t, o);
      const { id, generation, clock, isAfresh, sentAt } = t.b.hold;
      const { redis } = t;
      const isEqual = (o.nogeneration || generation === redis.generation) && clock === redis.clock;
      // A tick makes no member: who does not hear it would be waited for again and again. The hold after it does.
      const isGranted = !isAfresh && isEqual;
      if (isGranted) redis.member = id;
      if (isAfresh) publish(t, { tick: id, sentAt });
      t.b.hold.answer = isGranted ? 'granted' : isAfresh ? 'ticked' : 'refused';
    });
  } else if (b.hold) {
    yield step(`hold: ${b.hold.answer}`, s, (t) => {
      const { answer, generation, sentAt, isOfOldConnection } = t.b.hold;
      t.b.hold = null;
      if (!isOfOldConnection) t.b.isTrusting = true;
      const isLease = answer === 'granted' && !t.b.isDeaf && t.b.generation === generation;
      // A lease of so long ago that a raiser has waited it out is over.
      if (isLease && sentAt >= t.endedBefore) t.b.lease = Math.max(t.b.lease ?? 0, sentAt);
    });
  }
  if (!s.c.isTrusting) {
    yield step('C holds', s, (t) => {
      adopt(t, o);
      t.c.isTrusting = true;
    });
  }
}

function* compute(s) {
  const { b, flight, redis } = s;
  if (!flight && !s.kept) {
    const from = b.lease !== null ? b : b.isTrusting && redis;
    if (!from) return;
    yield step(b.lease !== null ? 'capture by the mirror' : 'capture by Redis', s, (t) => {
      t.flight = { generation: from.generation, start: from.clock };
    });
  } else if (flight && flight.value === undefined) yield step('compute', s, (t) => (t.flight.value = t.db));
  else if (flight) {
    yield step('store', s, (t) => {
      t.kept = { ...t.flight, memo: t.flight.start };
      if (t.redis) t.stored = t.flight;
      t.flight = null;
    });
  }
}

function* fail(s, o) {
  if (s.left.faults === 0) return;
  yield step('FLUSHALL', s, (t) => {
    t.left.faults--;
    t.redis = t.stored = null;
  });
  yield step('the tide is evicted', s, (t) => {
    t.left.faults--;
    if (o.splithash && t.redis) t.redis.mark = 0;
    else t.redis = null;
  });
  // The snapshot itself is a fault's beginning; it is free.
  if (!s.snapshot && s.redis) {
    yield step('snapshot', s, (t) => (t.snapshot = { redis: t.redis, stored: t.stored }));
  }
  if (s.snapshot) {
    yield step('restart from the snapshot', s, (t) => {
      t.left.faults--;
      Object.assign(t, { redis: { ...s.snapshot.redis, isForeign: true }, stored: s.snapshot.stored });
      if (!o.notrust) t.b.isTrusting = t.c.isTrusting = false;
      if (t.b.hold) t.b.hold.isOfOldConnection = true;
    });
  }
}

function* read(s, o) {
  const { b, c, kept, stored, redis } = s;
  const isValid = (entry) =>
    redis &&
    (o.nogeneration || entry.generation === redis.generation) &&
    entry.start >= redis.floor &&
    redis.mark <= entry.start;
  const bad = (name, value) => violation(name, `served ${value} where ${s.required} had been acknowledged`);
  for (const [where, entry] of Object.entries({ memory: kept, Redis: stored && { ...stored, memo: -1 } })) {
    if (!entry) continue;
    const isLeased = b.lease !== null;
    const isLate = entry.value < s.required;
    if (isLeased && (o.nogeneration || entry.generation === b.generation)) {
      const isCovered = o.nosince || entry.start >= b.since || entry.memo >= b.since;
      const isServed = entry.memo === b.clock || (isCovered ? b.mark <= entry.start : b.isTrusting && isValid(entry));
      if (isServed && isLate) yield bad(`B reads its ${where}, leased`, entry.value);
      if (isServed && where === 'memory' && entry.memo !== b.clock) {
        yield step('B reads and remembers', s, (t) => (t.kept.memo = isCovered ? b.clock : redis.clock));
      }
    }
    if (!isLeased && b.isTrusting && isValid(entry) && isLate) yield bad(`B reads its ${where}, strict`, entry.value);
    if (where === 'Redis' && c.isTrusting && isValid(entry) && isLate) yield bad('C reads Redis', entry.value);
  }
}

/** What every script does first: begins a new generation where the hash is missing, or another process of Redis wrote it. */
function adopt(t, o) {
  if (t.redis && (!t.redis.isForeign || o.norun)) {
    t.redis.isForeign = false;
    return;
  }
  const generation = ++t.generations;
  t.redis = { generation, clock: 0, mark: 0, floor: 0, silent: !o.nosilent, member: 0, isForeign: false };
}

function publish(t, message) {
  const { redis } = t;
  t.raises++;
  const previous = redis.clock++;
  t.bus.push({ generation: redis.generation, previous, clock: redis.clock, ...message });
  return redis.clock;
}

runIfMain(tide, import.meta.url);
