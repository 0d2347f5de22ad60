/**
 * An entry on another shard than the tide: its bytes and the marks are read at different moments, in either order, and a second reading
 * brings the marks of the tag that only the entry knows (`d`). What is found valid is kept in memory with the clock at which it was
 * (`memo`), and served from there by a mirror. The tide's shard may lose its state while the entry's shard keeps its own.
 */
import { runIfMain, step, violation } from './explore.mjs';

const TAGS = ['s', 'd'];

export const shards = {
  bounds: { raises: 2, losses: 1, captures: 1 },
  breaks: {
    memolast: {
      what: 'what two readings find valid counts as found valid at the clock of the second',
      at: { raises: 1, losses: 0 },
    },
    generationonce: { what: 'the generation of the second reading is not compared', at: { raises: 1 } },
    split: { what: 'clock and marks are read by two commands, the marks first', at: { raises: 1, losses: 0 } },
    capturewithentry: { what: 'a miss is computed before its clock is captured', at: { raises: 1, losses: 0 } },
    nogeneration: { what: 'the generation of the entry is not compared', at: { raises: 1 } },
  },
  init: (o) => ({
    left: { ...o },
    db: { s: 0, d: 0 },
    required: { s: 0, d: 0 },
    tide: { generation: 1, clock: 0, s: 0, d: 0 },
    raising: null,
    // Leased all the time; a new generation finds its mirror empty.
    mirror: { generation: 1, since: 0, clock: 0, s: 0, d: 0 },
    bus: [],
    stored: null,
    flight: null,
    reader: null,
    kept: null,
  }),
  *next(s, o) {
    yield* raise(s);
    yield* compute(s, o);
    yield* read(s, o);
    yield* hit(s);
  },
};

function* raise(s) {
  if (!s.raising && s.left.raises > 0) {
    for (const tag of TAGS) {
      yield step(`write and raise ${tag}`, s, (t) => {
        t.left.raises--;
        t.db[tag]++;
        t.tide[tag] = ++t.tide.clock;
        t.raising = { tag, generation: t.tide.generation, clock: t.tide.clock };
        t.bus.push({ tag, generation: t.tide.generation, clock: t.tide.clock });
      });
    }
  }
  const { mirror, raising } = s;
  const isSeen = mirror.generation === raising?.generation && mirror.clock >= raising.clock;
  if (raising && (isSeen || mirror.generation > raising.generation)) {
    yield step('the raise returns', s, (t) => {
      t.required[raising.tag] = t.db[raising.tag];
      t.raising = null;
    });
  }
  if (s.bus.length > 0) {
    yield step('the bus delivers', s, (t) => {
      const { tag, generation, clock } = t.bus.shift();
      if (!tag) t.mirror = { generation, since: clock, clock, s: 0, d: 0 };
      else if (generation === t.mirror.generation) Object.assign(t.mirror, { clock, [tag]: clock });
    });
  }
  if (s.left.losses > 0) {
    yield step("the tide's shard loses its state", s, (t) => {
      t.left.losses--;
      const generation = t.tide.generation + 1;
      t.tide = { generation, clock: 0, s: 0, d: 0 };
      t.bus.push({ generation, clock: 0 });
    });
  }
}

/** By another instance. */
function* compute(s, o) {
  const { flight } = s;
  if (!flight && s.left.captures > 0) {
    yield step('another captures', s, (t) => {
      t.left.captures--;
      t.flight = { generation: t.tide.generation, start: t.tide.clock };
    });
  } else if (flight && !flight.value) {
    yield step('another computes', s, (t) => (t.flight.value = { ...t.db }));
  } else if (flight) {
    yield step('another stores', s, (t) => {
      t.stored = o.capturewithentry ? { ...t.flight, start: t.tide.clock, generation: t.tide.generation } : t.flight;
      t.flight = null;
    });
  }
}

/** The first reading and the entry come in either order; the second reading knows the entry's tags. */
function* read(s, o) {
  const { reader } = s;
  if (!reader) {
    yield step('a reader begins', s, (t) => (t.reader = { required: { ...t.required } }));
    return;
  }
  if (!reader.first)
    yield step('the clock, the generation and the mark of s', s, (t) => (t.reader.first = { ...t.tide }));
  else if (o.split && !reader.isWhole) {
    yield step('the clock, by a second command', s, (t) => {
      t.reader.first.clock = t.tide.clock;
      t.reader.isWhole = true;
    });
  }
  if (s.stored && !reader.entry) yield step('the entry', s, (t) => (t.reader.entry = t.stored));
  if (reader.first && reader.entry && !reader.second && (!o.split || reader.isWhole)) {
    yield step('the mark of d', s, (t) => (t.reader.second = { ...t.tide }));
  }
  if (!reader.second) return;
  const { first, second, entry, required } = reader;
  const generations = [...(o.nogeneration ? [] : [entry.generation]), ...(o.generationonce ? [] : [second.generation])];
  const isValid =
    generations.every((generation) => generation === first.generation) &&
    first.s <= entry.start &&
    second.d <= entry.start;
  if (isValid) {
    yield* serve('the reader is answered', entry.value, required);
    yield step('the reader keeps the entry', s, (t) => {
      t.kept = { ...entry, memo: o.memolast ? second.clock : first.clock };
      t.reader = null;
    });
  } else yield step('the reader finds it invalid', s, (t) => (t.reader = null));
}

function* hit({ kept, mirror, required }) {
  if (!kept || kept.generation !== mirror.generation) return;
  const isCovered = kept.start >= mirror.since || kept.memo >= mirror.since;
  const isValid = kept.memo === mirror.clock || (isCovered && TAGS.every((tag) => mirror[tag] <= kept.start));
  if (isValid) yield* serve('a hit in memory', kept.value, required);
}

function* serve(name, value, required) {
  const late = TAGS.find((tag) => value[tag] < required[tag]);
  if (late) yield violation(name, `served ${late} ${value[late]} where ${required[late]} had been acknowledged`);
}

runIfMain(shards, import.meta.url);
