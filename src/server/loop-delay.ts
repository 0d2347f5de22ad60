const TICK_MS = 250;
/** A block is told for so long after it. */
const WINDOW_TICKS = 20;

/** Measures how late the event loop is: the longest delay of the last five seconds, ms. */
export function watchLoopDelay(): { readonly longestMs: () => number; readonly stop: () => void } {
  const delays: number[] = [];
  let due = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    delays.push(now - due);
    if (delays.length > WINDOW_TICKS) delays.shift();
    due = now + TICK_MS;
  }, TICK_MS).unref();
  const longestMs = () => Math.max(0, ...delays, performance.now() - due);
  return { longestMs, stop: () => clearInterval(timer) };
}
