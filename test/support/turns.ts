/** Lets everything that is ready run: ten turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
}

/** Once a value has stayed the same for two hundred turns of the event loop, the value. */
export async function quiet<T>(value: () => T): Promise<T> {
  for (let last = value(), turns = 0; ; turns += 1) {
    if (turns === 200) return last;
    await new Promise(setImmediate);
    if (value() === last) continue;
    last = value();
    turns = 0;
  }
}

/** Turns of the event loop until something holds. Throws after a thousand, and ten seconds: what a server answers takes its own time. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const begunAt = performance.now();
  for (let turn = 0; turn < 1_000 || performance.now() - begunAt < 10_000; turn += 1) {
    if (await holds()) return;
    await new Promise(setImmediate);
  }
  throw new Error('It never came to hold.');
}
