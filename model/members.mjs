/**
 * Leases, holds, acknowledgements and the silent member, in time: when a raise returns, does anybody still hold a lease who has not
 * seen it? One member (B), raisers that run side by side, a dropper (C) of the silent member, a Redis that may lose its state, a bus
 * that is late and loses. Nothing is read here: the question is asked of every state.
 *
 * A lease lasts TERM ticks from the sending of its hold, a raiser waits TERM ticks from its script's answer: equal, the tightest case.
 */
import { runIfMain, step, violation } from './explore.mjs';

const TERM = 2;

const TWO = { raises: 2, droppers: 0 };

export const members = {
  bounds: { raises: 1, droppers: 1, holds: 2, losses: 1 },
  breaks: {
    nowait: { what: 'a raise does not wait' },
    nosilent: { what: 'a new generation begins without the silent member' },
    fromsending: {
      what: 'the dropper counts from the sending of the script whose answer told it the generation',
      at: { holds: 1 },
    },
    dropanygeneration: { what: 'the silent member is dropped whatever the generation has become', at: { holds: 1 } },
    fromanswer: { what: 'a lease counts from the answer of its hold', at: { losses: 0 } },
    keeplease: { what: 'the old lease serves on while the hold afresh is under way', at: { losses: 0 } },
    refusedcounts: { what: 'a refused hold changes the number of the member', at: { losses: 0 } },
    holdblind: { what: 'a hold is granted whatever clock it presents', at: { losses: 0 } },
    goneanywhere: { what: 'a member gone in another generation counts as having acknowledged', at: TWO },
    ackanywhere: { what: 'an acknowledgement counts whatever its generation' },
    removeanyway: { what: 'the raiser removes a member that has held since', at: { ...TWO, holds: 3, losses: 0 } },
    ackgap: { what: 'a message behind a gap is applied and acknowledged', at: TWO },
  },
  init: (o) => ({
    lossesLeft: o.losses,
    holdsLeft: o.holds,
    generations: 1,
    redis: { generation: 1, clock: 2, silent: false, member: 0 },
    bus: [],
    // `lease`: ticks left; `hold`: under way; `tick`: the hold afresh whose tick B waits for. A hold's age counts from its
    // sending. `missed`: the first raise behind a gap that B went over.
    b: { generation: 0, clock: -1, lease: 0, deaf: true, hold: null, tick: null, missed: null },
    ack: { generation: 0, clock: -1 },
    raisers: Array.from({ length: o.raises }, () => ({ at: 'begin' })),
    c: o.droppers ? { at: 'begin' } : { at: 'done' },
    returned: { generation: 0, clock: 0 },
  }),
  *next(s, o) {
    if (s.b.lease > 0 && !covers(s.b, s.returned)) {
      yield violation('B may serve', `a raise to ${show(s.returned)} has returned, B is leased at ${show(s.b)}`);
    }
    if (s.lossesLeft > 0 && s.redis) {
      yield step('Redis loses its state', s, (t) => {
        t.lossesLeft--;
        t.redis = null;
      });
    }
    yield step('time passes', s, passTime);
    yield* raise(s, o);
    yield* hold(s, o);
    yield* deliver(s, o);
    if (o.droppers) yield* drop(s, o);
  },
};

/** One tick of everybody's clock. Lengths are counted up or down to where they stop to matter, so that time needs no bound. */
function passTime(t) {
  const { b, c, raisers } = t;
  b.lease = Math.max(0, b.lease - 1);
  for (const sent of [b.hold, b.tick]) if (sent) sent.age = Math.min(TERM, sent.age + 1);
  for (const waiting of [c, ...raisers]) if (waiting.age !== undefined) waiting.age = Math.min(TERM, waiting.age + 1);
}

/** Raisers are alike: only the first of those that are at the same place moves first. */
function* raise(s, o) {
  for (const [i, raiser] of s.raisers.entries()) {
    const name = `raiser ${i + 1}`;
    if (raiser.at === 'begin') {
      if (i > 0 && s.raisers[i - 1].at === 'begin') continue;
      yield step(`${name}: its script`, s, (t) => {
        adopt(t, o);
        const clock = publish(t, {});
        const { generation, silent, member } = t.redis;
        t.raisers[i] = { at: 'sent', generation, clock, silent, member };
      });
    } else if (raiser.at === 'sent') {
      yield step(`${name}: answered`, s, (t) => {
        t.raisers[i].at = 'waiting';
        t.raisers[i].age = 0;
      });
    } else if (raiser.at === 'waiting') {
      if (o.nowait || isAcknowledged(s, raiser, o)) yield step(`${name}: returns`, s, (t) => ret(t, i));
      if (raiser.age === TERM) {
        yield step(`${name}: returns after a term`, s, (t) => {
          const redis = t.redis;
          if (redis?.generation === raiser.generation) {
            redis.silent = false;
            if (o.removeanyway || redis.member === raiser.member) redis.member = 0;
          }
          ret(t, i);
        });
      }
    }
  }
}

function isAcknowledged(s, raiser, o) {
  const { ack, redis } = s;
  const acknowledged = (o.ackanywhere || ack.generation === raiser.generation) && ack.clock >= raiser.clock;
  // The poll: generation and members by one command.
  const isSame = redis && (o.goneanywhere || redis.generation === raiser.generation);
  const memberDone = !raiser.member || acknowledged || (isSame && redis.member !== raiser.member);
  return memberDone && (!raiser.silent || (isSame && !redis.silent));
}

function ret(t, i) {
  const { generation, clock } = t.raisers[i];
  if (!covers(t.returned, { generation, clock })) t.returned = { generation, clock };
  t.raisers[i] = { at: 'done' };
}

function* hold(s, o) {
  const { b } = s;
  if (!b.hold && s.holdsLeft > 0) {
    const id = s.holdsLeft;
    if (!b.deaf) {
      yield step('B sends a hold', s, (t) => {
        t.holdsLeft--;
        t.b.hold = { id, age: 0, generation: b.generation, clock: b.clock };
      });
    }
    yield step('B sends a hold afresh', s, (t) => {
      t.holdsLeft--;
      if (!o.keeplease) t.b.lease = 0;
      t.b.deaf = true;
      t.b.hold = { id, age: 0 };
      t.b.tick = { id, age: 0 };
    });
  }
  if (!b.hold) return;
  const isAfresh = b.hold.generation === undefined;
  if (b.hold.granted === undefined) {
    yield step('the hold is executed', s, (t) => {
      adopt(t, o);
      const { id, generation, clock } = t.b.hold;
      const { redis } = t;
      const granted = isAfresh || o.holdblind || (generation === redis.generation && clock === redis.clock);
      if (granted || o.refusedcounts) redis.member = id;
      if (isAfresh) publish(t, { id });
      t.b.hold.granted = granted;
    });
  } else {
    yield step(b.hold.granted ? 'the hold is granted' : 'the hold is refused', s, (t) => {
      const { age, generation, granted } = t.b.hold;
      t.b.hold = null;
      // What began afresh is leased by its tick, when that arrives on the bus; a gap since the sending ends what was presented.
      if (!granted || isAfresh || t.b.deaf || t.b.generation !== generation) return;
      t.b.lease = Math.max(t.b.lease, TERM - (o.fromanswer ? 0 : age));
    });
  }
  yield step('the hold fails', s, (t) => (t.b.hold = null));
}

function* deliver(s, o) {
  if (s.bus.length === 0) return;
  yield step('the bus delivers', s, (t) => {
    const message = t.bus.shift();
    const { b } = t;
    const { generation, previous, clock, id } = message;
    if (id !== undefined && id === b.tick?.id) {
      Object.assign(b, { generation, clock, deaf: false, lease: TERM - b.tick.age, tick: null, missed: null });
    } else if (generation !== b.generation || clock <= b.clock) {
      return;
    } else if (o.ackgap || (previous === b.clock && !b.deaf)) {
      if (previous !== b.clock) b.missed ??= previous;
      b.clock = clock;
    } else {
      b.deaf = true;
      if (!o.keeplease) b.lease = 0;
      return;
    }
    t.ack = { generation: b.generation, clock: b.clock };
  });
  yield step('the bus loses', s, (t) => t.bus.shift());
}

function* drop(s, o) {
  const { c, redis } = s;
  if (c.at === 'begin') {
    yield step('C sends', s, (t) => (t.c = { at: 'sent', ...(o.fromsending && { age: 0 }) }));
  } else if (c.at === 'sent') {
    yield step('C: its script', s, (t) => {
      adopt(t, o);
      Object.assign(t.c, { at: 'executed', generation: t.redis.generation });
    });
  } else if (c.at === 'executed') {
    yield step('C is answered', s, (t) => (t.c = { age: 0, ...t.c, at: 'waiting' }));
  } else if (c.at === 'waiting' && c.age === TERM && redis) {
    if (o.dropanygeneration || redis.generation === c.generation) {
      yield step('C drops the silent member', s, (t) => {
        t.redis.silent = false;
        t.c = { at: 'done' };
      });
    }
  }
}

/** What every script does first. */
function adopt(t, o) {
  if (t.redis) return;
  t.generations++;
  t.redis = { generation: t.generations, clock: 0, silent: !o.nosilent, member: 0 };
}

function publish(t, message) {
  const { redis } = t;
  const previous = redis.clock++;
  t.bus.push({ generation: redis.generation, previous, clock: redis.clock, ...message });
  return redis.clock;
}

function covers(mirror, raised) {
  if (mirror.missed && mirror.missed <= raised.clock) return false;
  if (mirror.generation !== raised.generation) return mirror.generation > raised.generation;
  return mirror.clock >= raised.clock;
}

function show({ generation, clock }) {
  return `generation ${generation}, clock ${clock}`;
}

runIfMain(members, import.meta.url);
