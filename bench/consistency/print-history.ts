import type { Disturbances } from './disturbances.js';
import type { Answered, Disturbance } from './history.js';
import type { KeyEvent } from './key-history.js';

/** The events of a key and what the nemeses did meanwhile, a line each, in the order of their beginnings. */
export function printHistory(key: string, events: readonly KeyEvent[], disturbances: Disturbances): string[] {
  const from = Math.min(...events.map(({ start }) => start));
  const to = Math.max(...events.map(({ end }) => end));
  return [...events, ...disturbances.within(from, to)]
    .sort((a, b) => a.start - b.start)
    .map((event) => toLine(key, event));
}

/** Private */
function toLine(key: string, event: KeyEvent | Disturbance): string {
  const time = `${seconds(event.start)} – ${event.end === undefined ? 'now'.padStart(10) : seconds(event.end)}`;
  if ('what' in event) return `${time}  ====  ${event.what} ${event.gateway ?? ''}`;
  if (!('kind' in event)) return `${time}  ${event.gateway}  computes`;
  const { gateway, kind, field, outcome, viewer } = event;
  const who = viewer === undefined ? '' : ` by ${viewer}`;
  const answer = outcome.type === 'failed' ? outcome.error : answerText(key, outcome);
  return `${time}  ${gateway}  ${kind} ${field}${who}: ${answer}`;
}

/** Private: of an answer that held several registers the one that is asked about. */
function answerText(key: string, { readings, payload, alone, pending }: Answered): string {
  const reading = readings.find((one) => one.key === key);
  const how = [reading?.status, reading?.layer].filter((part) => part !== undefined && part !== null);
  const after = payload ? `, then reads ${payload.version}` : '';
  return `${['version', reading?.version, ...how].join(' ')}${after}${alone ? ' (alone)' : ''}${pending ? ' (PENDING)' : ''}`;
}

/** Private */
function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(4).padStart(9)}s`;
}
