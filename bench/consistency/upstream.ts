import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Applied, Computation } from './history.js';
import type { Random } from './random.js';

/** What a gateway asks: the present versions of registers, or a new version for one. */
export interface UpstreamQuestion {
  readonly gateway: string;
  readonly read?: readonly string[];
  readonly write?: string;
}

/** Versions in the order of the keys that were read, or the one that was written. */
export interface UpstreamAnswer {
  readonly versions: readonly number[];
}

export interface UpstreamOptions {
  readonly random: Random;
  readonly now: () => number;
  readonly onApplied: (applied: Applied) => void;
  readonly onComputed: (computation: Computation) => void;
}

export interface Upstream {
  readonly port: number;
  close(): Promise<void>;
}

/** ms before and after the moment at which a question takes its effect. */
const READ_MS = { before: 10, after: 15, slowAfter: 120 };
const WRITE_MS = { before: 5, after: 3 };
/** So many answers of reads are slow on their way: whole writes happen meanwhile. */
const SLOW_SHARE = 0.15;

/**
 * Registers whose versions count up by one with each write. Linearizable: a question takes its effect at one moment between its arrival
 * and its answer, with a random time before and after, so that what is read is often old when it arrives.
 */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const registers = new Map<string, number>();
  const server = createServer((request, response) => {
    answer(request, response, registers, options).catch((error: unknown) => response.destroy(error as Error));
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Private */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  registers: Map<string, number>,
  { random, now, onApplied, onComputed }: UpstreamOptions,
): Promise<void> {
  const start = now();
  const { gateway, read, write } = JSON.parse(await text(request)) as UpstreamQuestion;
  const times = write === undefined ? READ_MS : WRITE_MS;
  await sleep(random.between(0, times.before));
  const versions = (read ?? []).map((key) => registers.get(key) ?? 0);
  if (write !== undefined) {
    const version = (registers.get(write) ?? 0) + 1;
    registers.set(write, version);
    onApplied({ key: write, version, at: now() });
    versions.push(version);
  }
  const isSlow = write === undefined && random.next() < SLOW_SHARE;
  await sleep(random.between(0, isSlow ? READ_MS.slowAfter : times.after));
  const end = now();
  for (const key of read ?? []) onComputed({ key, gateway, start, end });
  const found: UpstreamAnswer = { versions };
  response.end(JSON.stringify(found));
}
