/** Undoes what was scheduled; nothing where it has run already. */
export type Cancel = () => void;

/** What is to happen later, as a parameter: a test drives it. */
export interface Timers {
  /** Runs once, `ms` from now; does not keep the process alive. */
  after(ms: number, run: () => void): Cancel;
}

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
