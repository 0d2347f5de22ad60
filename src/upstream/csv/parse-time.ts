/** When a row's candle opened. */
export interface RowTime {
  /** ms since the epoch. */
  readonly time: number;
  /** What the row's zone is ahead of UTC, ms; 0 without one. */
  readonly zoneMs: number;
}

const MINUTE = 60_000;
const FIRST_UNIX_MS = Date.UTC(1980);
const LAST_UNIX_MS = Date.UTC(2100);
const CLOCK = /^[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(.*)$/i;
const ZONE = /^([+-])(\d\d):?(\d\d)?$/;

/**
 * `2024-01-31`, `2024/1/31`, `20240131`, each with a time of day and a zone after it or not, and Unix time in s, ms, µs or ns; undefined
 * for anything else. Without a zone it is UTC. A date that begins with day or month is not read: 02/03 means two days.
 */
export function parseTime(text: string): RowTime | undefined {
  if (isNumber(text)) return parseDigits(text);
  const first = text.charCodeAt(4);
  if (first !== 45 /* - */ && first !== 47 /* / */ && first !== 46 /* . */) return undefined;
  const separator = text.charAt(4);
  const monthEnd = text.indexOf(separator, 5);
  if (monthEnd < 0) return undefined;
  let dayEnd = monthEnd + 1;
  while (dayEnd < text.length && isDigit(text.charCodeAt(dayEnd))) dayEnd += 1;
  const date = utcDate(digits(text, 0, 4), digits(text, 5, monthEnd), digits(text, monthEnd + 1, dayEnd));
  return date === undefined ? undefined : withTimeOfDay(date, text.slice(dayEnd));
}

/** Private: eight digits are a date; of a Unix time its size says the unit. */
function parseDigits(text: string): RowTime | undefined {
  if (text.length === 8) {
    const date = utcDate(digits(text, 0, 4), digits(text, 4, 6), digits(text, 6, 8));
    return date === undefined ? undefined : { time: date, zoneMs: 0 };
  }
  const value = Number(text);
  const time = [value * 1_000, value, value / 1_000, value / 1_000_000].find(
    (ms) => ms >= FIRST_UNIX_MS && ms < LAST_UNIX_MS,
  );
  return time === undefined ? undefined : { time: Math.floor(time), zoneMs: 0 };
}

/** Private */
function withTimeOfDay(date: number, text: string): RowTime | undefined {
  if (text === '' || text === 'Z') return { time: date, zoneMs: 0 };
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [, hours, minutes, seconds = '0', fraction = '0', zone = ''] = match;
  const zoneMs = parseZone(zone);
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59 || zoneMs === undefined) return undefined;
  const timeOfDay = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1_000;
  return { time: date + timeOfDay + Math.floor(Number(`0.${fraction}`) * 1_000) - zoneMs, zoneMs };
}

/** Private: `Z`, `UTC`, `GMT`, `+05:30`, `-0400`, `+00`; ms ahead of UTC. */
function parseZone(text: string): number | undefined {
  if (text === '' || /^(Z|UTC|GMT)$/i.test(text)) return 0;
  const match = ZONE.exec(text);
  if (!match) return undefined;
  const [, sign, hours, minutes = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/** Private: undefined for a day that its month has not, where Date.UTC would roll over into the next. */
function utcDate(year: number, month: number, day: number): number | undefined {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? time : undefined;
}

/** Private: NaN where something else stands between. A pattern for each of a million rows would be the slowest part of reading. */
function digits(text: string, from: number, to: number): number {
  let value = from < to ? 0 : NaN;
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i);
    value = isDigit(code) ? value * 10 + code - 48 : NaN;
  }
  return value;
}

/** Private */
function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Private: digits and at most one point between them. */
function isNumber(text: string): boolean {
  let points = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 46 && i > 0) points += 1;
    else if (!isDigit(code)) return false;
  }
  return text.length > 0 && points <= 1;
}
