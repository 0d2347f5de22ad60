/**
 * A response made of a cached part (tag `p`) and of its own computation (tag `o`): with which starts does it carry their tags? Readers
 * judge by a mirror that lags, and a raise returns when the mirror has applied it, or by Redis.
 */
import { runIfMain, step, violation } from './explore.mjs';

const TAGS = ['p', 'o'];

export const compose = {
  bounds: { raises: 2, parts: 2 },
  breaks: {
    ownstart: { what: 'the start of the response stands for all its tags' },
    nowait: { what: 'a raise does not wait for the mirror' },
  },
  init: (o) => ({
    left: { ...o },
    db: { p: 0, o: 0 },
    required: { p: 0, o: 0 },
    redis: { clock: 0, p: 0, o: 0 },
    mirror: { clock: 0, p: 0, o: 0 },
    bus: [],
    raising: null,
    computingPart: null,
    part: null,
    computing: null,
    response: null,
  }),
  *next(s, o) {
    if (!s.raising && s.left.raises > 0) {
      for (const tag of TAGS) {
        yield step(`write and raise ${tag}`, s, (t) => {
          t.left.raises--;
          const clock = (t.redis[tag] = ++t.redis.clock);
          t.bus.push({ clock, tag });
          t.raising = { tag, clock, version: ++t.db[tag] };
        });
      }
    }
    if (s.raising && (o.nowait || s.mirror.clock >= s.raising.clock)) {
      yield step('the raise returns', s, (t) => {
        t.required[t.raising.tag] = t.raising.version;
        t.raising = null;
      });
    }
    if (s.bus.length > 0) {
      yield step('the bus delivers', s, (t) => {
        const { clock, tag } = t.bus.shift();
        t.mirror.clock = t.mirror[tag] = clock;
      });
    }
    for (const [by, marks] of Object.entries({ mirror: s.mirror, Redis: s.redis })) yield* compute(by, marks, s, o);
    yield* store(s);
  },
};

function* compute(by, marks, s, o) {
  const { computing, computingPart, part, response } = s;
  if (!computingPart && s.left.parts > 0) {
    yield step(`the part captures by ${by}`, s, (t) => {
      t.left.parts--;
      t.computingPart = { start: marks.clock };
    });
  }
  if (!computing && !response) {
    yield step(`the response captures by ${by}`, s, (t) => (t.computing = { start: marks.clock }));
  }
  if (computing?.own !== undefined && !computing.part && part && marks.p <= part.start) {
    yield step(`the response reads the part, valid by ${by}`, s, (t) => (t.computing.part = t.part));
  }
  if (!response) return;
  const starts = { p: o.ownstart ? response.start : response.part.start, o: response.start };
  const value = { p: response.part.value, o: response.own };
  const late = TAGS.find((tag) => value[tag] < s.required[tag]);
  if (late && TAGS.every((tag) => marks[tag] <= starts[tag])) {
    yield violation(`read by ${by}`, `served ${late} ${value[late]} where ${s.required[late]} had been acknowledged`);
  }
}

function* store(s) {
  const { computing, computingPart } = s;
  if (computingPart && computingPart.value === undefined) {
    yield step('the part is computed', s, (t) => (t.computingPart.value = t.db.p));
  } else if (computingPart) {
    yield step('the part is stored', s, (t) => {
      t.part = t.computingPart;
      t.computingPart = null;
    });
  }
  if (computing && computing.own === undefined) {
    yield step('the response computes its own', s, (t) => (t.computing.own = t.db.o));
  } else if (computing?.part) {
    yield step('the response is stored', s, (t) => {
      t.response = t.computing;
      t.computing = null;
    });
  }
}

runIfMain(compose, import.meta.url);
