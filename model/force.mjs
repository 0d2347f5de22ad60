/**
 * forceRefresh against everybody else's memory, Redis and responses that embed the value: to what does it raise the key's identity tag?
 * After its return nobody may be served what was computed before it arrived, and its own result must live.
 */
import { runIfMain, step, violation } from './explore.mjs';

export const force = {
  bounds: { changes: 2, others: 1, computations: 2, forces: 1 },
  breaks: {
    notick: { what: 'it captures the clock as any miss does, without a tick' },
    toclock: { what: 'it raises to the new clock, not to its own start' },
    untagged: { what: 'only what embeds the value carries its identity tag, not the value itself' },
    noraise: { what: 'it stores and raises nothing' },
  },
  init: (o) => ({
    left: { ...o },
    db: 0,
    required: 0,
    clock: 0,
    mark: 0,
    stored: null,
    memory: null,
    response: null,
    computing: null,
    forcing: null,
    // The start of the refresh that has returned: nothing that began then or later was ended by it.
    returned: null,
  }),
  *next(s, o) {
    const { stored, memory, response, computing } = s;
    const isValid = (entry) => entry && (o.untagged || s.mark <= entry.start);
    if (s.returned !== null && s.mark > s.returned)
      yield violation('any read', 'the result of the refresh is dead on arrival');
    const reads = { memory: isValid(memory) && memory, Redis: isValid(stored) && stored };
    for (const [where, entry] of Object.entries({ ...reads, response: s.mark <= response?.start && response })) {
      if (!entry || entry.value >= s.required) continue;
      yield violation(`read of ${where}`, `served ${entry.value} where ${s.required} was there as the refresh arrived`);
    }
    if (s.left.changes > 0) {
      yield step('the upstream changes, untold', s, (t) => {
        t.left.changes--;
        t.db++;
      });
    }
    if (s.left.others > 0) {
      yield step('another raise', s, (t) => {
        t.left.others--;
        t.clock++;
      });
    }
    if (!computing && s.left.computations > 0) {
      yield step('another captures', s, (t) => {
        t.left.computations--;
        t.computing = { start: t.clock };
      });
    } else if (computing && computing.value === undefined) {
      yield step('another computes', s, (t) => (t.computing.value = t.db));
    } else if (computing) {
      yield step('another stores', s, (t) => {
        t.memory = t.computing;
        keepLater(t, t.computing);
        t.computing = null;
      });
    }
    if (reads.memory && !response) yield step('a response embeds what is in memory', s, (t) => (t.response = t.memory));
    if (reads.Redis && memory?.start !== stored.start) yield step('Redis is read', s, (t) => (t.memory = t.stored));
    yield* refresh(s, o);
  },
};

function* refresh(s, o) {
  const { forcing } = s;
  if (!forcing && s.left.forces > 0) {
    yield step('the refresh arrives', s, (t) => {
      t.left.forces--;
      if (!o.notick) t.clock++;
      t.forcing = { start: t.clock, atArrival: t.db };
    });
  } else if (forcing && forcing.value === undefined) {
    yield step('the refresh computes', s, (t) => (t.forcing.value = t.db));
  } else if (forcing && !forcing.isStored) {
    yield step('the refresh stores', s, (t) => {
      keepLater(t, { start: forcing.start, value: forcing.value });
      t.forcing.isStored = true;
    });
  } else if (forcing) {
    yield step('the refresh raises and returns', s, (t) => {
      t.clock++;
      if (!o.noraise) t.mark = Math.max(t.mark, o.toclock ? t.clock : forcing.start);
      t.returned = forcing.start;
      t.required = forcing.atArrival;
      t.forcing = null;
    });
  }
}

/** An entry never replaces one with a later start. */
function keepLater(t, entry) {
  if (!t.stored || t.stored.start <= entry.start) t.stored = entry;
}

runIfMain(force, import.meta.url);
