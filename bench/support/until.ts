import { setTimeout as delay } from 'node:timers/promises';

/** Returns how long, ms, it took until `condition` held, asked every 10 ms. */
export async function until(condition: () => Promise<boolean>, timeoutMs = 10_000): Promise<number> {
  const begunAt = performance.now();
  while (!(await condition())) {
    if (performance.now() - begunAt > timeoutMs) throw new Error(`It did not come about in ${timeoutMs} ms.`);
    await delay(10);
  }
  return performance.now() - begunAt;
}
