import { parseArgs } from 'node:util';
import { BREAKS, type Break } from './breaks.js';
import { NEMESIS_NAMES, type NemesisName } from './nemeses.js';

export interface CommandLine {
  readonly seconds: number;
  readonly operations: number;
  readonly gateways: number;
  readonly clients: number;
  readonly seed: number;
  /** Undefined: all, or those that bring a break to light the soonest. */
  readonly nemeses: readonly NemesisName[] | undefined;
  readonly build: string | undefined;
  /** To be caught one after the other; none: the build as it is. */
  readonly breaks: readonly Break[];
}

export const USAGE = `npx tsx bench/consistency.ts [--seconds N | --operations N] [--gateways 3] [--clients 24] [--seed N]
  [--nemesis all|none|NAME,…] [--build DIR] [--break all|NAME,…]

  --build   the project whose src is run, where it is not this one
  --break   runs a gateway without one of its mechanisms, which must be caught: ${BREAKS.map(({ name }) => name).join(', ')}
  --nemesis ${NEMESIS_NAMES.join(', ')}
`;

const DEFAULT_SECONDS = 30;

/** Throws with what is wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seconds: text, operations: text, gateways: text, clients: text, seed: text },
      ...{ nemesis: text, build: text, break: text },
    },
  });
  const operations = toCount('operations', values.operations) ?? Infinity;
  const breaks = toNames(
    'break',
    values.break ?? 'none',
    BREAKS.map(({ name }) => name),
  );
  return {
    seconds: toCount('seconds', values.seconds) ?? (operations === Infinity ? DEFAULT_SECONDS : Infinity),
    operations,
    gateways: toCount('gateways', values.gateways) ?? 3,
    clients: toCount('clients', values.clients) ?? 24,
    seed: toCount('seed', values.seed) ?? Math.floor(Math.random() * 1_000_000),
    nemeses: values.nemesis === undefined ? undefined : toNames('nemesis', values.nemesis, NEMESIS_NAMES),
    build: values.build,
    breaks: BREAKS.filter(({ name }) => breaks.includes(name)),
  };
}

/** Private */
function toCount(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(value)) throw new TypeError(`--${option} takes a whole number above 0, but got: ${value}`);
  return Number(value);
}

/** Private */
function toNames<Name extends string>(option: string, value: string, known: readonly Name[]): readonly Name[] {
  if (value === 'all') return known;
  if (value === 'none') return [];
  const wanted = value.split(',');
  const unknown = wanted.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new TypeError(`--${option} knows ${known.join(', ')}, but got: ${unknown}`);
  return known.filter((name) => wanted.includes(name));
}
