import type { Violation } from './checker.js';
import type { RunResult } from './run-consistency.js';

const LEAST_HITS = 0.25;
const LEAST_BOARD_HITS = 0.5;
const MOST_ALONE = 0.2;
/** Of all computations; locks are lost now and then. */
const MOST_DUPLICATES = 0.02;
/** Below it nothing is said of shares. */
const ENOUGH_READINGS = 2_000;

/** What a run showed, as lines to be printed. */
export function reportRun({ checker, disturbances, seconds, crashes }: RunResult): string[] {
  const { counts, operations, readings, duplicates } = checker;
  const rate = Math.round(operations / seconds);
  const statuses = byCount(counts.byStatus).map(([name, count]) => `${name} ${percent(count / readings)}`);
  const board = counts.fairHitShare('board');
  return [
    `${operations} operations checked, ${readings} readings, in ${seconds.toFixed(1)} s: ${rate} operations a second`,
    `readings: ${statuses.join(', ')}`,
    `alone: ${percent(counts.alone / readings)} of the readings, ${percent(counts.fair.alone / counts.fair.readings)} in fair weather`,
    `composite of 15 in fair weather: ${board === undefined ? 'too few readings' : `${percent(board)} hits`}`,
    `${checker.computations} computations; of a key at one time, excused or not: ${duplicates.within} in a process, ${duplicates.across} across; ` +
      `not excused across: ${checker.unexcusedAcross}`,
    `nemeses: ${
      byCount(disturbances.counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ') || 'none'
    }`,
    ...(checker.unexcusedAcross > 0 ? ['the first of those across:', ...indented(checker.acrossExample)] : []),
    ...crashes,
    ...checker.violations.flatMap(reportViolation),
    `violations: ${
      byCount(checker.violationCounts)
        .map(([rule, count]) => `${rule} ${count}`)
        .join(', ') || 'none'
    }`,
  ];
}

/** Why a run without a violation shows nothing, or that its gateways did not do their work; empty where all is well. */
export function findWeaknesses({ checker, crashes }: RunResult): string[] {
  const { hitShare, fair, fairHitShare } = sharesOf(checker);
  const weaknesses = crashes.length > 0 ? ['a gateway ended by itself'] : [];
  if (checker.readings < ENOUGH_READINGS) return weaknesses;
  if (hitShare < LEAST_HITS) weaknesses.push(`only ${percent(hitShare)} of the readings were hits`);
  if (fair > MOST_ALONE) weaknesses.push(`in fair weather ${percent(fair)} of the readings were answered alone`);
  if (checker.unexcusedAcross > MOST_DUPLICATES * checker.computations)
    weaknesses.push(`${checker.unexcusedAcross} computations ran at two gateways at one time without an excuse`);
  if (fairHitShare !== undefined && fairHitShare < LEAST_BOARD_HITS)
    weaknesses.push(`the composite of 15 was a hit in ${percent(fairHitShare)} of its readings in fair weather`);
  return weaknesses;
}

/** Private */
function sharesOf({ counts }: RunResult['checker']) {
  const { alone, readings } = counts.fair;
  return {
    hitShare: counts.hitShare,
    fair: readings === 0 ? 0 : alone / readings,
    fairHitShare: counts.fairHitShare('board'),
  };
}

/** Private */
function reportViolation({ rule, key, at, what, history }: Violation): string[] {
  return ['', `VIOLATION at ${(at / 1_000).toFixed(4)}s, ${key}: ${rule}: ${what}`, ...indented(history)];
}

/** Private */
function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** Private: the most frequent first. */
function byCount<Name extends string>(counts: ReadonlyMap<Name, number>): [Name, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** Private */
function percent(share: number): string {
  return Number.isNaN(share) ? 'none' : `${(100 * share).toFixed(1)} %`;
}
