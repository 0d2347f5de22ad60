import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { startChild } from '../../support/child.js';
import type { InstanceFunctions, Read } from './instance.js';
import type { TestRedis } from './redis-setups.js';
import { SharedUpstream } from './shared-upstream.js';

/** An instance in a process of its own, which can be killed and stopped. */
export interface InstanceProcess {
  /** So many reads of the same value, begun together. */
  read(count?: number): Promise<readonly Read[]>;
  whenLeased(): Promise<void>;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

/** Starts one that is leased. It ends with the test. */
export async function startInstance(
  { url, isCluster }: TestRedis,
  prefix: string,
  { folder }: SharedUpstream,
): Promise<InstanceProcess> {
  const env = { REDIS_URL: url, REDIS_CLUSTER: String(isCluster), PREFIX: prefix, UPSTREAM: folder };
  const child = startChild('test/promises/support/instance.ts', { env });
  onTestFinished(() => child.stop());
  const call = <N extends keyof InstanceFunctions>(name: N, ...args: Parameters<InstanceFunctions[N]>) =>
    child.call<Awaited<ReturnType<InstanceFunctions[N]>>>(name, ...args);
  const instance: InstanceProcess = {
    read: (count = 1) => call('read', count),
    whenLeased: () => vi.waitFor(async () => expectLeased(await call('isLeased')), { timeout: 20_000, interval: 10 }),
    signal: child.kill,
  };
  await instance.whenLeased();
  return instance;
}

/** An upstream that holds 1. It ends with the test. */
export function createSharedUpstream(): SharedUpstream {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-upstream-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return SharedUpstream.create(folder);
}

/** Private */
function expectLeased(isLeased: boolean): void {
  if (!isLeased) throw new Error('The instance never came to be leased.');
}
