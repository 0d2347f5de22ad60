import { crc32 } from 'node:zlib';
import type { ErrorCode } from '../support/gateway-error.js';
import { decodePayload, encodePayload, MAX_ENTRY_BYTES, type PayloadForm } from './codec/payload.js';
import { fromPlain, toPlain } from './codec/plain-value.js';
import type { Entry, EntryFailure } from './entry.js';
import type { TagStart } from './tide/tag.js';

export { MAX_ENTRY_BYTES } from './codec/payload.js';
export { UnstorableError } from './codec/unstorable-error.js';

/** Of the envelope and of all that is in it. An entry of another version is a miss. */
export const CODEC_VERSION = 2;

/**
 * `VERSION GENERATION START\n`, a byte that says how the payload is written, the payload, and a CRC-32 of all that. The first line is
 * what a store compares before it lets one entry replace another. The form follows from the size where none is given.
 *
 * A value comes back as what it was, or is refused here with an UnstorableError: there is no third.
 */
export function encodeEntry(entry: Entry, form?: PayloadForm): Buffer {
  const value = toPlain(entry.value, MAX_ENTRY_BYTES);
  const failure = entry.failure && toPlain(entry.failure, MAX_ENTRY_BYTES);
  const payload = encodePayload(toBody(entry, value.value, failure?.value), value.leastBytes, form);
  const escaped = value.escaped || failure?.escaped === true;
  const flags = (payload.form.packed ? PACKED : 0) | (payload.form.deflated ? DEFLATED : 0) | (escaped ? ESCAPED : 0);
  const head = Buffer.from(`${CODEC_VERSION} ${entry.generation} ${entry.start}\n${String.fromCharCode(flags)}`);
  const bytes = Buffer.concat([head, payload.bytes, Buffer.alloc(CHECKSUM_BYTES)]);
  const end = bytes.length - CHECKSUM_BYTES;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
  return bytes;
}

/** The entry, or undefined where the bytes are of another version, damaged, or no entry at all: it is computed anew, and replaced. */
export function decodeEntry(bytes: Buffer): Entry | undefined {
  const lineEnd = bytes.indexOf('\n');
  const end = bytes.length - CHECKSUM_BYTES;
  const flags = bytes[lineEnd + 1];
  if (lineEnd < 0 || lineEnd + 1 >= end || flags === undefined || flags > (PACKED | DEFLATED | ESCAPED))
    return undefined;
  const [, version, generation, start] = FIRST_LINE.exec(bytes.toString('utf8', 0, lineEnd)) ?? [];
  if (version !== String(CODEC_VERSION) || generation === undefined) return undefined;
  // Before anything is believed: a start that is wrong by a bit would let an invalidated value live.
  if (bytes.readUInt32BE(end) !== crc32(bytes.subarray(0, end))) return undefined;
  const form = { packed: (flags & PACKED) !== 0, deflated: (flags & DEFLATED) !== 0 };
  const body = decodeBody(bytes.subarray(lineEnd + 2, end), form, (flags & ESCAPED) !== 0);
  return body && { ...body, generation, start: Number(start) };
}

/** Private: the bits of the byte that says how the payload is written. */
const PACKED = 1;
const DEFLATED = 2;
const ESCAPED = 4;

const FIRST_LINE = /^(\d+) (\S+) (\d+)$/;
const CHECKSUM_BYTES = 4;

/** Private: all that is not in the first line. A member that an entry gets must be named here, or the types do not fit. */
type Body = Record<Exclude<keyof Entry, 'generation' | 'start'>, unknown>;

/** Private */
function toBody(entry: Entry, value: unknown, failure: unknown = null): Body {
  const { freshMs, jitterMs, staleForMs, staleIfErrorMs, keepForMs, alone, costMs } = entry;
  const tags = entry.tags.map(({ tag, start }) => [tag, start]);
  return { freshMs, jitterMs, staleForMs, staleIfErrorMs, keepForMs, alone, costMs, tags, value, failure };
}

/** Private */
function decodeBody(
  bytes: Uint8Array,
  form: PayloadForm,
  escaped: boolean,
): Omit<Entry, 'generation' | 'start'> | undefined {
  try {
    const body: Partial<Body> = asObject(decodePayload(bytes, form));
    const decoded = (member: unknown) => (escaped ? fromPlain(member) : member);
    return {
      freshMs: asNumber(body.freshMs),
      jitterMs: asNumber(body.jitterMs),
      staleForMs: asNumber(body.staleForMs),
      staleIfErrorMs: asNumber(body.staleIfErrorMs),
      keepForMs: asNumber(body.keepForMs),
      alone: asAlone(body.alone),
      costMs: asNumber(body.costMs),
      tags: asArray(body.tags).map(toTagStart),
      value: decoded(present(body.value)),
      ...(body.failure === null ? {} : { failure: toFailure(decoded(body.failure)) }),
    };
  } catch {
    // Reading is a function of the bytes alone: whatever fails, it is they that are no entry.
    return undefined;
  }
}

/** Private */
function toTagStart(pair: unknown): TagStart {
  const [tag, start] = asArray(pair);
  return { tag: asText(tag), start: asNumber(start) };
}

/** Private: an entry that failed and lost its failure would be served as a value. */
function toFailure(failure: unknown): EntryFailure {
  const { code, message, details } = asObject(failure);
  return { code: asText(code) as ErrorCode, message: asText(message), details: asObject(details) };
}

/** Private: what is undefined is written as an escape, so that a value that is missing is told from it. */
function present(value: unknown): unknown {
  if (value === undefined) throw new SyntaxError('Missing.');
  return value;
}

/** Private */
function asAlone(value: unknown): Entry['alone'] {
  if (value !== 'briefly' && value !== 'ttl') throw new SyntaxError('Neither briefly nor ttl.');
  return value;
}

/** Private: a time that is no number would make an entry that never ends. */
function asNumber(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new SyntaxError('Not a finite number.');
  return value;
}

/** Private */
function asText(value: unknown): string {
  if (typeof value !== 'string') throw new SyntaxError('Not text.');
  return value;
}

/** Private */
function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new SyntaxError('Not an array.');
  return value;
}

/** Private */
function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('Not an object.');
  return value as Readonly<Record<string, unknown>>;
}
