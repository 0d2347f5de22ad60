import { startChild, type Child } from '../../test/support/child.js';
import type { InstanceFunctions } from './instance.js';
import { until } from './until.js';

/** A process with the engine in it (instance.ts). */
export interface Instance extends Omit<Child, 'call' | 'printed'> {
  call<N extends keyof InstanceFunctions>(
    name: N,
    ...args: Parameters<InstanceFunctions[N]>
  ): Promise<Awaited<ReturnType<InstanceFunctions[N]>>>;
}

/** Starts one on the Redis at `url`, and returns when it holds a lease. */
export async function startInstance(url: string): Promise<Instance> {
  const child = startChild('bench/support/instance.ts', {
    env: { REDIS_URL: url },
    execArgv: ['--expose-gc', '--import', 'tsx'],
  });
  const instance: Instance = {
    pid: child.pid,
    kill: child.kill,
    stop: child.stop,
    call: (name, ...args) => child.call(name, ...args),
  };
  await until(() => instance.call('leased'));
  return instance;
}
