/**
 * Explores a model: every interleaving breadth first, so that the trace to a violation is a shortest one, or random walks where the
 * whole is too large. A model is `{ bounds, breaks, init(options), next(state, options) }`: `next` gives the successors of a
 * state, each made by `step` or `violation`. States are plain JSON. A break leaves out one rule on purpose: `what` says which, `at`
 * gives the bounds at which it shows, where the model's own are too small for it or needlessly large.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A successor: a copy of `state`, changed. */
export function step(name, state, change) {
  const copy = clone(state);
  change(copy);
  return { name, state: copy };
}

/** A successor that must not be. */
export function violation(name, what) {
  return { name, violation: what };
}

/** Every state that can be reached, until the first violation, `maxStates` or `maxMs`. */
export function explore(model, options, { maxStates = Infinity, maxMs = Infinity } = {}) {
  const began = Date.now();
  const first = model.init(options);
  const firstKey = JSON.stringify(first);
  const reachedBy = new Map([[firstKey, undefined]]);
  let frontier = [[firstKey, first]];
  let states = 0;
  while (frontier.length > 0) {
    const reached = [];
    for (const [key, state] of frontier) {
      if (states >= maxStates || (states % 1_000 === 0 && Date.now() - began > maxMs)) return { states, whole: false };
      states++;
      for (const successor of model.next(state, options)) {
        if (successor.violation !== undefined) {
          return { states, violation: successor.violation, trace: [...traceTo(key, reachedBy), successor.name] };
        }
        const successorKey = JSON.stringify(successor.state);
        if (reachedBy.has(successorKey)) continue;
        reachedBy.set(successorKey, { name: successor.name, from: key });
        reached.push([successorKey, successor.state]);
      }
    }
    frontier = reached;
  }
  return { states, whole: true };
}

/** Random walks of at most `depth` steps, for `maxMs`; the same `seed` walks the same way. */
export function walk(model, options, { maxMs, seed = 1, depth = 150 }) {
  const random = createRandom(seed);
  const began = Date.now();
  let steps = 0;
  while (Date.now() - began < maxMs) {
    let state = model.init(options);
    const trace = [];
    while (trace.length < depth) {
      const successors = [...model.next(state, options)];
      if (successors.length === 0) break;
      const bad = successors.find((successor) => successor.violation !== undefined);
      if (bad) return { steps, violation: bad.violation, trace: [...trace, bad.name] };
      const chosen = successors[random(successors.length)];
      trace.push(chosen.name);
      state = chosen.state;
      steps++;
    }
  }
  return { steps, whole: false };
}

/**
 * The command line of a model's file, where that was started and not imported: `node model/NAME.mjs [BREAK | BOUND=N]…
 * [--walk=SECONDS] [--seed=N] [--states=N] [--seconds=N]`; `--breaks` prints the breaks. Exits with 1 on a violation, with 2 on an
 * argument that means nothing.
 */
export function runIfMain(model, url) {
  if (process.argv[1] === undefined || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  const given = process.argv.slice(2);
  if (given.includes('--breaks')) {
    console.log(JSON.stringify(model.breaks));
    return;
  }
  const options = Object.assign({ ...model.bounds }, ...given.map((argument) => model.breaks[argument]?.at));
  const limits = { walk: undefined, seed: 1, states: Infinity, seconds: Infinity };
  for (const argument of given) {
    const [, dashes, name, number] = /^(--)?(\w+)(?:=(\d+))?$/.exec(argument) ?? [];
    const isNumber = number !== undefined;
    if (dashes && isNumber && name in limits) limits[name] = Number(number);
    else if (!dashes && isNumber && name in model.bounds) options[name] = Number(number);
    else if (!dashes && !isNumber && name in model.breaks) options[name] = true;
    else {
      const known = [...Object.keys(model.breaks), ...Object.keys(model.bounds).map((bound) => `${bound}=N`)];
      console.error(`${argument} is none of: ${known.join(' ')}`);
      process.exitCode = 2;
      return;
    }
  }
  const result =
    limits.walk === undefined
      ? explore(model, options, { maxStates: limits.states, maxMs: limits.seconds * 1_000 })
      : walk(model, options, { maxMs: limits.walk * 1_000, seed: limits.seed });
  report(given.filter((argument) => !argument.startsWith('--')).join(' ') || 'whole', result);
}

/** Private: structuredClone is ten times as slow. */
function clone(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clone);
  const copy = {};
  for (const name in value) copy[name] = clone(value[name]);
  return copy;
}

/** Private */
function traceTo(key, reachedBy) {
  const trace = [];
  for (let by = reachedBy.get(key); by !== undefined; by = reachedBy.get(by.from)) trace.unshift(by.name);
  return trace;
}

/** Private: xorshift, because Math.random cannot be seeded. */
function createRandom(seed) {
  let x = seed >>> 0 || 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % below;
  };
}

/** Private */
function report(label, result) {
  const size = result.steps === undefined ? `${result.states} states` : `${result.steps} random steps`;
  if (result.violation === undefined) {
    console.log(
      `${label}: no violation in ${size}${result.whole === false && result.steps === undefined ? ', cut off' : ''}`,
    );
    return;
  }
  console.log(`${label}: VIOLATION, ${result.violation} (after ${size})\n  ${result.trace.join('\n  ')}`);
  process.exitCode = 1;
}
