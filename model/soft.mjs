/**
 * Soft marks: they end freshness and leave the value to be served stale within its window, while one refresh runs. A hard mark ends the
 * value, also as a fallback where the refresh fails. One key, with ages in ticks: fresh for 1, stale for 1 more, a fallback for 2 more.
 */
import { runIfMain, step, violation } from './explore.mjs';

const FRESH = 1;
const STALE = 2;
const FALLBACK = 3;

export const soft = {
  bounds: { raises: 2, refreshes: 2, ticks: 3, readers: 1 },
  breaks: {
    softblind: { what: 'soft marks are not looked at' },
    memofresh: { what: 'what was found valid, though not fresh, counts as fresh until the clock moves' },
    hardfallback: { what: 'a fallback does not look at hard marks' },
    fallbackearly: { what: 'who joins a refresh that fails is given a fallback that was found valid before' },
    restamp: { what: 'a refresh that fails stamps the old value anew' },
    capturelate: { what: 'a refresh captures the clock as it stores' },
    nowindow: { what: 'a soft mark lets a value be served stale without a bound' },
  },
  init: (o) => ({
    left: { ...o },
    db: 0,
    required: { hard: 0, soft: 0 },
    tide: { clock: 0, hard: 0, soft: 0 },
    entry: { value: 0, start: 0, age: 0, memo: -1 },
    refresh: null,
  }),
  *next(s, o) {
    yield* read(s, o);
    yield* refresh(s, o);
    if (s.left.ticks > 0) {
      yield step('time passes', s, (t) => {
        t.left.ticks--;
        t.entry.age++;
        if (t.refresh) t.refresh.age++;
      });
    }
    if (s.left.raises > 0) {
      for (const kind of ['hard', 'soft']) {
        yield step(`write and raise, ${kind}`, s, (t) => {
          t.left.raises--;
          t.tide[kind] = ++t.tide.clock;
          t.required[kind] = ++t.db;
        });
      }
    }
  },
};

function* read(s, o) {
  const { entry, required, tide } = s;
  const state = stateOf(entry, tide, o);
  if (state === 'fresh') {
    yield* serve('read, fresh', entry, { value: Math.max(required.hard, required.soft), age: FRESH });
  }
  if (state === 'stale') yield* serve('read, stale', entry, { value: required.hard, age: STALE });
  if ((state === 'fresh' || state === 'stale') && entry.memo !== tide.clock) {
    yield step('the reader remembers that it is valid', s, (t) => (t.entry.memo = t.tide.clock));
  }
}

/** Readers who find nothing to serve wait for the refresh; the last good value is theirs where it fails. */
function* refresh(s, o) {
  const { refresh, entry, tide } = s;
  if (!refresh && s.left.refreshes > 0) {
    yield step('a refresh begins', s, (t) => {
      t.left.refreshes--;
      t.refresh = { start: t.tide.clock, age: 0, fallback: t.entry };
    });
  }
  if (!refresh) return;
  if (refresh.required === undefined && s.left.readers > 0 && refresh.start >= tide.hard) {
    yield step('a reader waits for it', s, (t) => {
      t.left.readers--;
      t.refresh.required = t.required.hard;
    });
  }
  if (refresh.required === undefined && s.left.readers > 0 && o.fallbackearly) {
    yield step('a reader waits for it, unchecked', s, (t) => {
      t.left.readers--;
      t.refresh.required = t.required.hard;
    });
  }
  if (refresh.value === undefined) {
    yield step('the refresh computes', s, (t) => (t.refresh.value = t.db));
    const isEnded = tide.hard > entry.start && !o.hardfallback && !o.fallbackearly;
    if (refresh.required !== undefined && !isEnded && entry.age < FALLBACK) {
      yield* serve('the refresh fails, its reader is given the last good value', entry, {
        value: refresh.required,
        age: FALLBACK,
      });
    }
    yield step('the refresh fails', s, (t) => {
      if (o.restamp) t.entry.start = t.refresh.start;
      t.refresh = null;
    });
  } else {
    yield step('the refresh stores', s, (t) => {
      const { value, start, age } = t.refresh;
      t.entry = { value, start: o.capturelate ? t.tide.clock : start, age, memo: -1 };
      t.refresh = null;
    });
  }
}

function stateOf({ start, age, memo }, { clock, hard, soft: softMark }, o) {
  if (o.memofresh && memo === clock && age < FRESH) return 'fresh';
  if (hard > start) return 'dead';
  const isSoft = softMark > start && !o.softblind;
  if (age < FRESH && !isSoft) return 'fresh';
  return age < STALE || (isSoft && o.nowindow) ? 'stale' : 'dead';
}

function* serve(name, { value, age }, least) {
  if (value < least.value) yield violation(name, `served ${value} where ${least.value} had been acknowledged`);
  if (age >= least.age) yield violation(name, `served at the age of ${age}, the bound is ${least.age}`);
}

runIfMain(soft, import.meta.url);
