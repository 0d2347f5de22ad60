/**
 * Pruning: marks are dropped, at any time here, and the floor stands for them. Two tags, an entry of each, a reader that asks Redis.
 */
import { runIfMain, step, violation } from './explore.mjs';

const TAGS = ['x', 'y'];

export const prune = {
  bounds: { raises: 3, prunes: 2, captures: 1 },
  breaks: {
    nofloor: { what: 'marks are dropped and the floor stays' },
    floorafter: { what: 'the floor rises after the marks are dropped' },
    floorleast: { what: 'the floor rises to the least mark dropped' },
    floorset: { what: 'the floor is set to the greatest mark dropped now, though it was higher' },
    floorclock: { what: 'the floor rises to a cut-off, the clock, and not to a mark' },
    dropchanged: { what: 'a mark that was raised again meanwhile is dropped too' },
    floorunread: { what: 'a read that finds no mark does not look at the floor' },
  },
  init: (o) => ({
    left: { ...o },
    db: { x: 0, y: 0 },
    required: { x: 0, y: 0 },
    tide: { clock: 0, floor: 0, marks: {} },
    greatest: 0,
    dropping: null,
    flight: null,
    entries: {},
  }),
  *next(s, o) {
    for (const tag of TAGS) yield* live(tag, s, o);
    yield* drop(s, o);
  },
};

/** Here a raise returns at once: who hears of it when is asked elsewhere. A tick moves the clock and leaves the marks. */
function* live(tag, s, o) {
  const { entries, flight, tide } = s;
  if (s.left.raises > 0) {
    yield step(`write and raise ${tag}`, s, (t) => {
      t.left.raises--;
      t.required[tag] = ++t.db[tag];
      t.tide.marks[tag] = t.greatest = ++t.tide.clock;
    });
    if (tag === 'x') {
      yield step('tick', s, (t) => {
        t.left.raises--;
        t.tide.clock++;
      });
    }
  }
  if (!flight && s.left.captures > 0) {
    yield step(`${tag} captures`, s, (t) => {
      t.left.captures--;
      t.flight = { tag, start: t.tide.clock };
    });
  } else if (flight?.tag === tag && flight.value === undefined) {
    yield step(`${tag} computes`, s, (t) => (t.flight.value = t.db[tag]));
  } else if (flight?.tag === tag) {
    yield step(`${tag} is stored`, s, (t) => {
      t.flight = null;
      t.entries[tag] = { start: flight.start, value: flight.value };
    });
  }
  const entry = entries[tag];
  if (!entry) return;
  const mark = tide.marks[tag];
  const isAbove = entry.start >= tide.floor || (o.floorunread && mark === undefined);
  if (isAbove && !(mark > entry.start) && entry.value < s.required[tag]) {
    yield violation(`read ${tag}`, `served ${entry.value} where ${s.required[tag]} had been acknowledged`);
  }
  if (!isAbove && entry.start >= s.greatest)
    yield violation(`read ${tag}`, 'dead, though no raise ended anything of its age');
}

/** Any marks at once, the floor first: between the two steps a read, or the end of the process that prunes, is possible. */
function* drop(s, o) {
  if (s.dropping) {
    yield step('the second half of the pruning', s, (t) => {
      const { first, floor, greatest } = t.dropping;
      if (first === 'floor') {
        for (const tag of t.dropping.tags) if (o.dropchanged || t.tide.marks[tag] <= greatest) delete t.tide.marks[tag];
      }
      if (first === 'marks') t.tide.floor = floor;
      t.dropping = null;
    });
    return;
  }
  if (s.left.prunes === 0) return;
  const { floor, marks, clock } = s.tide;
  for (const tags of [['x'], ['y'], TAGS]) {
    if (!tags.every((tag) => tag in marks)) continue;
    const values = tags.map((tag) => marks[tag]);
    const greatest = Math.max(...values);
    const least = o.floorclock ? clock : o.floorleast ? Math.min(...values) : greatest;
    const to = o.nofloor ? floor : o.floorset ? least : Math.max(floor, least);
    yield step(`the first half of pruning ${tags.join(' and ')}`, s, (t) => {
      t.left.prunes--;
      const first = o.floorafter ? 'marks' : 'floor';
      t.dropping = { first, tags, greatest, floor: to };
      if (first === 'floor') t.tide.floor = to;
      else for (const tag of tags) delete t.tide.marks[tag];
    });
  }
}

runIfMain(prune, import.meta.url);
