/**
 * Hits without a round trip: one instance (B) that is leased all the time, its mirror of one tag's mark, and what it keeps in memory
 * with the clock at which it was last found valid (`memo`). Writes raise the mark to the new clock, a forced refresh raises it to its
 * own start. The bus is late, and a raise returns when B has applied it. When is the mirror enough, and when must Redis be asked?
 */
import { runIfMain, step, violation } from './explore.mjs';

export const mirror = {
  bounds: { writes: 1, moves: 1, forces: 1, changes: 1, computations: 1 },
  breaks: {
    nowait: { what: 'a raise does not wait for the mirror' },
    nosince: { what: 'the mirror alone is asked about entries from before `since`' },
    sincelow: {
      what: '`since` moves to below the clock of the mirror, and marks are forgotten by their value',
      at: { writes: 0 },
    },
    memostore: { what: 'what is stored counts as found valid at the clock of its storing' },
    memoanswer: {
      what: 'what Redis calls valid counts as found valid at the clock of the mirror when the answer arrives',
    },
    skipbyvalue: {
      what: 'an entry found valid at or above the value of a mark is not checked against it',
      at: { writes: 0 },
    },
    toclock: { what: 'a forced refresh raises to the new clock: its own result is dead' },
    notick: { what: 'a forced refresh does not tick as it arrives' },
    nomemocheck: { what: 'an entry once found valid is not checked again' },
  },
  init: (o) => ({
    left: { writes: o.writes, moves: o.moves, forces: o.forces, changes: o.changes, computations: o.computations },
    db: 0,
    // What a read that begins now must see.
    required: 0,
    redis: { clock: 0, mark: 0, entry: null },
    bus: [],
    b: { since: 0, clock: 0, mark: 0, entry: null },
    flight: null,
    question: null,
    write: null,
    force: null,
  }),
  *next(s, o) {
    yield* write(s, o);
    yield* force(s, o);
    yield* compute(s, o);
    yield* read(s, o);
    if (s.bus.length > 0) {
      yield step('the bus delivers', s, (t) => {
        const { clock, mark } = t.bus.shift();
        t.b.clock = clock;
        t.b.mark = Math.max(t.b.mark, mark);
      });
    }
    if (s.left.moves > 0 && s.b.since < s.b.clock) {
      yield step('`since` moves up', s, (t) => {
        t.left.moves--;
        t.b.since = o.sincelow ? t.b.clock - 1 : t.b.clock;
        if (!o.sincelow || t.b.mark <= t.b.since) t.b.mark = 0;
      });
    }
  },
};

function* write(s, o) {
  if (!s.write && s.left.writes > 0) {
    yield step('write and raise', s, (t) => {
      t.left.writes--;
      t.db++;
      t.write = { version: t.db, clock: raise(t) };
    });
  }
  if (s.write && (o.nowait || s.b.clock >= s.write.clock)) {
    yield step('the raise returns', s, (t) => {
      t.required = Math.max(t.required, t.write.version);
      t.write = null;
    });
  }
}

/** By another instance. What it computes must be at least what was there when it arrived, and so must all reads after its return. */
function* force(s, o) {
  if (s.left.changes > 0 && !s.write) {
    yield step('the upstream changes, untold', s, (t) => {
      t.left.changes--;
      t.db++;
    });
  }
  const { force } = s;
  if (!force && s.left.forces > 0) {
    yield step('force: ticks', s, (t) => {
      t.left.forces--;
      t.force = { start: o.notick ? t.redis.clock : raise(t, 0), atArrival: t.db };
    });
  } else if (force?.value === undefined && force) {
    yield step('force: computes', s, (t) => (t.force.value = t.db));
  } else if (force && !force.clock) {
    yield step('force: stores and raises to its start', s, (t) => {
      const { start, value } = t.force;
      keepLater(t.redis, { value, start });
      t.force.clock = raise(t, o.toclock ? t.redis.clock + 1 : start);
      if (t.redis.mark > start && !t.write && t.redis.entry.start === start && s.redis.mark <= start)
        t.force.dead = true;
    });
  } else if (force) {
    if (force.dead) yield violation('force: returns', 'its own result is dead on arrival');
    if (s.b.clock >= force.clock) {
      yield step('force: returns', s, (t) => {
        t.required = Math.max(t.required, force.atArrival);
        t.force = null;
      });
    }
  }
}

/** B computes by the clock of its mirror, another instance by that of Redis. */
function* compute(s, o) {
  const { flight } = s;
  if (!flight && s.left.computations > 0) {
    for (const [by, clock] of Object.entries({ B: s.b.clock, another: s.redis.clock })) {
      yield step(`${by} captures`, s, (t) => {
        t.left.computations--;
        t.flight = { by, start: clock };
      });
    }
  } else if (flight && flight.value === undefined) {
    yield step('computes', s, (t) => (t.flight.value = t.db));
  } else if (flight) {
    yield step('stores', s, (t) => {
      const { by, start, value } = t.flight;
      t.flight = null;
      keepLater(t.redis, { value, start });
      if (by === 'B') t.b.entry = { value, start, memo: o.memostore ? t.b.clock : start };
    });
  }
}

function* read(s, o) {
  const { b, redis, question } = s;
  for (const [where, entry] of Object.entries({ memory: b.entry, Redis: redis.entry && { ...redis.entry, memo: 0 } })) {
    if (!entry) continue;
    const isCovered = o.nosince || entry.start >= b.since || entry.memo >= b.since;
    const isRemembered = where === 'memory' && (entry.memo === b.clock || o.nomemocheck);
    if (isRemembered || isCovered) {
      const isValid = isRemembered || b.mark <= entry.start || (o.skipbyvalue && b.mark <= entry.memo);
      if (!isValid) continue;
      yield* serve(s, `B reads its ${where}, by the mirror`, entry.value, s.required, (t) => {
        t.b.entry = { ...entry, memo: b.clock };
      });
    } else if (!question) {
      yield step(`B asks Redis about its ${where}`, s, (t) => (t.question = { entry, required: s.required }));
    }
  }
  if (question && question.answer === undefined) {
    yield step('Redis answers', s, (t) => (t.question.answer = { clock: redis.clock, mark: redis.mark }));
  } else if (question) {
    const { entry, answer, required } = question;
    if (answer.mark > entry.start) yield step('the answer arrives: invalid', s, (t) => (t.question = null));
    else {
      yield* serve(s, 'the answer arrives: valid', entry.value, required, (t) => {
        t.question = null;
        t.b.entry = { value: entry.value, start: entry.start, memo: o.memoanswer ? t.b.clock : answer.clock };
      });
    }
  }
}

function* serve(s, name, value, required, change) {
  if (value < required)
    yield violation(name, `served ${value} where ${required} had been acknowledged before the read`);
  yield step(name, s, change);
}

/** To the new clock, or to `to`; 0 is a tick. */
function raise(t, to) {
  const clock = ++t.redis.clock;
  const mark = to ?? clock;
  t.redis.mark = Math.max(t.redis.mark, mark);
  t.bus.push({ clock, mark });
  return clock;
}

/** An entry never replaces one with a later start. */
function keepLater(store, entry) {
  if (!store.entry || store.entry.start <= entry.start) store.entry = entry;
}

runIfMain(mirror, import.meta.url);
