/** Signals bar by bar: `+` up, `-` down, `.` none. */
export function signalsOf(signs: string): Int8Array {
  return Int8Array.from(signs, (sign) => (sign === '+' ? 1 : sign === '-' ? -1 : 0));
}

/** The same the other way round, to be read. */
export function signsOf(signals: Int8Array): string {
  return Array.from(signals, (signal) => (signal === 1 ? '+' : signal === -1 ? '-' : '.')).join('');
}
