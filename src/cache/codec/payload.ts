import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Packr, Unpackr } from 'msgpackr';
import { UnstorableError } from './unstorable-error.js';

/** How a plain value is written. */
export interface PayloadForm {
  /** MessagePack, with a record for each shape of object; else JSON. */
  readonly packed: boolean;
  readonly deflated: boolean;
}

/**
 * Most bytes of a payload before it is deflated. Writing as many holds the event loop up for some 40 ms and reading them for 10,
 * and neither can be interrupted; 2,500 candles are a fifteenth of it.
 */
export const MAX_ENTRY_BYTES = 2 * 1024 * 1024;

/**
 * In the unit of `PlainValue.leastBytes`, some 3 kB of JSON. Below, both are written and read in about the same few µs, and JSON can
 * be read by eye in Redis; above, packed candles take half the bytes and a third of the time.
 */
const PACK_FROM = 500;

/**
 * Inflating costs 7 µs and 1.5 µs for each kB: for fewer bytes a list of 50 entries would be held up for a millisecond. For more,
 * Redis holds twice as many entries and sends each in half the time.
 */
const DEFLATE_FROM_BYTES = 16 * 1024;

/** What is written, and the form that it has; in `form` where that is given, else in the one that its size asks for. */
export function encodePayload(
  plain: unknown,
  leastBytes: number,
  form?: PayloadForm,
): { readonly bytes: Uint8Array; readonly form: PayloadForm } {
  const packed = form?.packed ?? leastBytes >= PACK_FROM;
  const bytes = packed ? packr.pack(plain) : Buffer.from(JSON.stringify(plain));
  if (bytes.length > MAX_ENTRY_BYTES) {
    throw new UnstorableError(`An entry takes at most ${MAX_ENTRY_BYTES} bytes, but got ${bytes.length}.`);
  }
  const deflated = form?.deflated ?? bytes.length >= DEFLATE_FROM_BYTES;
  return { bytes: deflated ? deflateRawSync(bytes, DEFLATE) : bytes, form: { packed, deflated } };
}

/** Throws where the bytes are no payload of that form, or would become more than the bound. */
export function decodePayload(bytes: Uint8Array, { packed, deflated }: PayloadForm): unknown {
  const inflated = deflated ? inflateRawSync(bytes, { maxOutputLength: MAX_ENTRY_BYTES }) : bytes;
  return packed ? unpackr.unpack(inflated) : JSON.parse(Buffer.from(inflated).toString());
}

/** Private: one for each way, so that what one keeps of the shapes that it met cannot touch the other. */
const packr = new Packr();
const unpackr = new Unpackr();

/** Private: a higher level saves a twentieth of the bytes at most, for up to seven times the time. Brotli reads at half the speed. */
const DEFLATE = { level: constants.Z_BEST_SPEED };
