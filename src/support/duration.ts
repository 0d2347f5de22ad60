const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `'30m'`, `'5s'`, `'250ms'`, `'24h'`, `'10d'`, or a number of milliseconds. */
export type Duration = number | `${number}${keyof typeof UNITS}`;

/** Milliseconds of a {@link Duration}; a wrong one throws, so that a policy with a typo fails at start. */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(duration);
  if (!match) throw new TypeError(`A duration is a number and one of ms, s, m, h, d, but got: ${duration}`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
