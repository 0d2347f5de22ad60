/**
 * Joined computations on one instance: who may wait for one that is under way? The key has one tag known beforehand (`s`) and one that
 * only the result names (`d`). Readers arrive at any time; each must be given at least what had been acknowledged when it arrived.
 * The instance is leased, and then judges by its mirror, or is not, and asks Redis. A forced reader ticks as it arrives and must be
 * given what was computed after that, and so must be the part (`p`) that the value is made of and that changes untold.
 */
import { runIfMain, step, violation } from './explore.mjs';

const TAGS = ['s', 'd'];

const FORCED = { raises: 0, leases: 0, changes: 1 };

export const flights = {
  bounds: { raises: 2, readers: 2, leases: 1, changes: 0, forced: 0 },
  breaks: {
    joinblind: { what: 'a reader joins whatever is under way; as it lands, only the tags of the result are checked' },
    oldmarks: {
      what: 'a reader is judged by marks from before its arrival; as it lands, only the tags of the result are',
    },
    nolanding: { what: 'a joined reader takes what lands without checking its tags again' },
    landblind: { what: 'the tags are checked again by a mirror that does not reach back to the start' },
    capturelate: { what: 'the clock is captured after the computation' },
    forcednotick: { what: 'a forced reader does not tick', at: { ...FORCED, readers: 2, forced: 2 } },
    forcedany: {
      what: 'a forced reader joins what was not forced',
      at: { ...FORCED, raises: 1, readers: 3, forced: 1 },
    },
  },
  init: (o) => ({
    left: { ...o },
    db: { s: 0, d: 0, p: 0 },
    required: { s: 0, d: 0, p: 0 },
    redis: { clock: 0, s: 0, d: 0 },
    bus: [],
    raising: null,
    b: { isLeased: true, since: 0, clock: 0, s: 0, d: 0 },
    part: 0,
    // At most one runs and one waits for it. `required` of a reader is what had been acknowledged as it arrived.
    running: null,
    next: null,
    arriving: null,
  }),
  *next(s, o) {
    yield* raise(s);
    yield* lease(s);
    yield* arrive(s, o);
    yield* fly(s, o);
  },
};

function* raise(s) {
  if (!s.raising && s.left.raises > 0) {
    for (const tag of TAGS) {
      yield step(`write and raise ${tag}`, s, (t) => {
        t.left.raises--;
        t.db[tag]++;
        t.redis[tag] = ++t.redis.clock;
        t.raising = { tag, clock: t.redis.clock };
        t.bus.push({ tag, clock: t.redis.clock });
      });
    }
  }
  if (s.raising && (!s.b.isLeased || s.b.clock >= s.raising.clock)) {
    yield step('the raise returns', s, (t) => {
      t.required[t.raising.tag] = t.db[t.raising.tag];
      t.raising = null;
    });
  }
  if (s.left.changes > 0) {
    yield step('the part changes, untold', s, (t) => {
      t.left.changes--;
      t.db.p++;
    });
  }
}

function* lease(s) {
  const { b } = s;
  if (s.bus.length > 0) {
    yield step('the bus delivers', s, (t) => {
      const { tag, clock } = t.bus.shift();
      t.b.clock = clock;
      if (tag) t.b[tag] = clock;
    });
  }
  if (b.isLeased) yield step('the lease ends', s, (t) => (t.b.isLeased = false));
  else if (s.left.leases > 0) {
    yield step('a lease begins afresh', s, (t) => {
      t.left.leases--;
      const clock = ++t.redis.clock;
      t.bus = [];
      t.b = { isLeased: true, since: clock, clock, s: 0, d: 0 };
    });
  }
}

/** A reader finds nothing kept. It looks at the marks, at once by the mirror or later by Redis, and then joins or begins. */
function* arrive(s, o) {
  const { arriving, running } = s;
  if (!arriving && s.left.readers > 0) {
    yield step('a reader arrives', s, (t) => {
      t.left.readers--;
      t.arriving = { required: { ...t.required, p: 0 }, ...(o.oldmarks && { marks: s.running?.marks ?? marksOf(t) }) };
    });
    if (s.left.forced > 0) {
      yield step('a forced reader arrives', s, (t) => {
        t.left.readers--;
        t.left.forced--;
        const required = { ...t.required, p: t.db.p };
        if (!o.forcednotick) t.bus.push({ clock: ++t.redis.clock });
        t.arriving = { required, from: t.redis.clock };
      });
    }
  }
  if (!arriving) return;
  const reader = { required: arriving.required };
  const isForced = arriving.from !== undefined;
  const marks = arriving.marks ?? marksOf(s);
  if (!running) {
    yield step('the reader begins to compute', s, (t) => {
      t.arriving = null;
      t.running = { isForced, start: marks.clock, first: reader, joined: [], ...(o.oldmarks && { marks }) };
    });
  } else if (o.joinblind || o.capturelate || mayJoin(running, arriving, marks, s, o)) {
    yield step('the reader joins', s, (t) => {
      t.arriving = null;
      t.running.joined.push(reader);
    });
  } else {
    yield step('the reader waits for the next', s, (t) => {
      t.arriving = null;
      t.next ??= { isForced: false, readers: [] };
      t.next.isForced ||= isForced;
      t.next.readers.push(reader);
    });
  }
}

function mayJoin(running, { from }, marks, s, o) {
  if (from !== undefined) return running.start >= from && (running.isForced || o.forcedany);
  // Below `since` the mirror says nothing.
  if (marks.since > running.start) return false;
  return marks.s <= running.start;
}

function* fly(s, o) {
  const { running } = s;
  if (!running) return;
  if (running.value === undefined) {
    yield step('computes', s, (t) => {
      // Unforced, it may take its part from what is kept.
      const p = running.isForced ? t.db.p : t.part;
      t.part = p;
      t.running.value = { ...t.db, p };
    });
    return;
  }
  yield* give('lands, for who began it', running.first, running.value);
  const marks = marksOf(s);
  const start = o.capturelate ? marks.clock : running.start;
  const checked = o.joinblind || o.oldmarks ? ['d'] : TAGS;
  const isValid = (o.landblind || marks.since <= start) && checked.every((tag) => marks[tag] <= start);
  if (o.nolanding || isValid) {
    for (const reader of running.joined) yield* give('lands, for who joined', reader, running.value);
  }
  // Who was refused reads again: nothing is left to see of it here.
  yield step('lands', s, (t) => {
    t.running = null;
    if (!t.next) return;
    const [first, ...joined] = t.next.readers;
    t.running = { isForced: t.next.isForced, start: marksOf(t).clock, first, joined };
    t.next = null;
  });
}

function* give(name, reader, value) {
  const late = Object.keys(value).find((tag) => value[tag] < reader.required[tag]);
  if (late) yield violation(name, `${late} is ${value[late]} where the reader came after ${reader.required[late]}`);
}

/** Clock and marks belong together; `since` is how far back they reach. */
function marksOf({ b, redis }) {
  return b.isLeased ? { since: b.since, clock: b.clock, s: b.s, d: b.d } : { since: 0, ...redis };
}

runIfMain(flights, import.meta.url);
