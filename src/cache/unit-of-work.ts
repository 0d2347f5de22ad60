import { AsyncLocalStorage } from 'node:async_hooks';
import type { OutboxRow } from './outbox.js';

/** Runs `work`, and adds to `rows` what it commits to the outbox meanwhile, so that its caller can raise it, also where it rejects. */
export function gatherRows<T>(rows: OutboxRow[], work: () => Promise<T>): Promise<T> {
  return unitOfWork.run(rows, work);
}

/** Says that a row was committed. Where nobody gathers, as in a command, the row is left to be drained. */
export function noteRow(row: OutboxRow): void {
  unitOfWork.getStore()?.push(row);
}

/**
 * Private: the rows of the work that is under way. It goes with the calls and not with the arguments, so that a mutation can't forget to
 * hand it on: what it writes, however deep, is raised when it returns.
 */
const unitOfWork = new AsyncLocalStorage<OutboxRow[]>();
