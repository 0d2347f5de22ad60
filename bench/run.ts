import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { benchBacktests } from './backtests.js';
import { benchCodec } from './codec.js';
import { benchEviction } from './eviction.js';
import { benchInvalidation } from './invalidation.js';
import { benchOutage } from './outage.js';
import { benchMemory } from './memory.js';
import { benchOverview } from './overview.js';
import { benchSignals } from './signals.js';
import { benchStampede } from './stampede.js';

export interface Quantity {
  /** NaN where it could not be measured; then the unit says why. */
  readonly value: number;
  readonly unit: string;
}

/** One line of a table: what was measured, and against what in the same run. */
export interface Measurement extends Quantity {
  readonly what: string;
  /** What was measured of it in the same go. */
  readonly beside?: readonly Quantity[];
  /** The measurement that it is compared to: `19.7 x`, and then `what` says what it is so many times. */
  readonly against?: { readonly what: string; readonly ratio: number };
}

const BENCHES: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  backtests: benchBacktests,
  codec: benchCodec,
  eviction: benchEviction,
  invalidation: benchInvalidation,
  memory: benchMemory,
  outage: benchOutage,
  overview: benchOverview,
  signals: benchSignals,
  stampede: benchStampede,
};
const RESULTS = 'bench/results.json';

await main(process.argv.slice(2));
// A socket that was reset while it was ending keeps Node from ending by itself.
process.exit();

/** `npm run bench` runs all, `npm run bench -- NAME` one; prints a table and keeps the results by name. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bench ${unknown}; there are: ${Object.keys(BENCHES).join(', ')}\n`);
    process.exitCode = 1;
    return;
  }
  const results = await readResults();
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const measured = await bench();
    results[name] = measured;
    process.stdout.write(`\n${name}\n${measured.map(toLine).join('\n')}\n`);
  }
  await mkdir('bench', { recursive: true });
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

/** Private: of earlier runs, where there were any. */
async function readResults(): Promise<Record<string, readonly Measurement[]>> {
  try {
    return JSON.parse(await readFile(RESULTS, 'utf8')) as Record<string, readonly Measurement[]>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Private */
function toLine({ what, value, unit, beside = [], against }: Measurement): string {
  const more = beside.map((quantity) => `${toText(quantity.value).padStart(10)} ${quantity.unit}`).join('');
  const compared = against ? `   ${against.ratio.toFixed(1)} x ${against.what}` : '';
  return `  ${what.padEnd(56)}${toText(value).padStart(10)} ${unit}${more}${compared}`;
}

/** Private: counts have no decimals. */
function toText(value: number): string {
  if (Number.isNaN(value)) return '-';
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
