import { toError } from '../src/support/to-error.js';
import { STEPPED_TIME, type Break } from './consistency/breaks.js';
import { parseCommandLine, USAGE, type CommandLine } from './consistency/command-line.js';
import { NEMESIS_NAMES, type NemesisName } from './consistency/nemeses.js';
import { findWeaknesses, reportRun } from './consistency/report.js';
import { runConsistency, type RunOptions } from './consistency/run-consistency.js';

const MOST_VIOLATIONS = 5;

await main(process.argv.slice(2));

/** Runs gateways under load and faults and looks for broken promises in the history; ends with 1 where it finds one. */
async function main(args: readonly string[]): Promise<void> {
  let options: CommandLine;
  try {
    options = parseCommandLine(args);
  } catch (error) {
    process.stderr.write(`${toError(error).message}\n\n${USAGE}`);
    process.exitCode = 1;
    return;
  }
  const isGood = options.breaks.length === 0 ? await checkBuild(options) : await catchAll(options);
  process.exitCode = isGood ? 0 : 1;
}

/** Private: the gateway as it is. */
async function checkBuild(options: CommandLine): Promise<boolean> {
  const run = runOptions(options, NEMESIS_NAMES);
  print(`seed ${run.seed}, ${run.gateways} gateways, nemeses: ${run.nemeses.join(', ') || 'none'}`);
  const result = await runConsistency({
    ...run,
    onProgress: ({ operations, violations }, seconds) =>
      print(`${seconds.toFixed(0).padStart(5)} s  ${operations} operations, ${violations.length} violations`),
  });
  const weaknesses = findWeaknesses(result);
  print(...reportRun(result), ...weaknesses.map((weakness) => `WEAK: ${weakness}`));
  return result.checker.violations.length === 0 && weaknesses.length === 0;
}

/** Private: each broken build must be caught. */
async function catchAll(options: CommandLine): Promise<boolean> {
  const missed: string[] = [];
  for (const broken of options.breaks) if (!(await isCaught(broken, options))) missed.push(broken.name);
  print(missed.length === 0 ? 'every broken build was caught' : `NOT CAUGHT: ${missed.join(', ')}`);
  return missed.length === 0;
}

/** Private */
async function isCaught({ name, what, edits, nemeses }: Break, options: CommandLine): Promise<boolean> {
  const run = runOptions(options, nemeses);
  const result = await runConsistency({ ...run, edits: [...run.edits, ...edits], violations: 1 });
  const { checker, seconds } = result;
  const [violation] = checker.violations;
  const found = violation ? `${violation.rule}: ${violation.what}` : findWeaknesses(result).join('; ');
  const when = `after ${seconds.toFixed(1)} s and ${checker.operations} operations`;
  print(`${name} (${what}): ${found === '' ? `NOT CAUGHT ${when}` : `caught ${when}: ${found}`}`);
  return found !== '';
}

/** Private */
function runOptions(options: CommandLine, defaults: readonly NemesisName[]): RunOptions {
  const { build, nemeses = defaults, ...others } = options;
  const edits = nemeses.includes('redis-clock') ? STEPPED_TIME : [];
  return { ...others, nemeses, edits, root: build, violations: MOST_VIOLATIONS };
}

/** Private */
function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
