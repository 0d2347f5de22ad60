import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODEC_VERSION, decodeEntry, encodeEntry, MAX_ENTRY_BYTES } from '../../src/cache/codec.js';
import { entryOf, FORMS } from './codec-values.js';

const HEAD = `${CODEC_VERSION} g 1\n`;

/** With the checksum that belongs to it, as whoever writes it on purpose can make one. */
function sealed(...parts: readonly (string | Uint8Array)[]): Buffer {
  const bytes = Buffer.concat([...parts.map((part) => Buffer.from(part)), Buffer.alloc(4)]);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

function bodyOf(plain: unknown): Readonly<Record<string, unknown>> {
  const times = { freshMs: 1, jitterMs: 2, staleForMs: 3, staleIfErrorMs: 4, keepForMs: 5, costMs: 6 };
  return { ...times, alone: 'ttl', tags: [['m:a', 1]], value: plain, failure: null };
}

const value = { symbol: 'BTC-USD', at: new Date(0), rows: [1, 2, 3].map((n) => ({ n, m: new Map([[n, 'x']]) })) };

describe('what is no entry', () => {
  it.each(FORMS)('is one that ends before its end, wherever, packed: $packed, deflated: $deflated', (form) => {
    const bytes = encodeEntry(entryOf(value), form);
    for (let end = 0; end < bytes.length; end += 1) expect(decodeEntry(bytes.subarray(0, end))).toBeUndefined();
  });

  it.each(FORMS)('is one of which a single bit is wrong, packed: $packed, deflated: $deflated', (form) => {
    const bytes = encodeEntry(entryOf(value), form);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeEntry(damaged)).toBeUndefined();
    }
  });

  it.each(FORMS)('is one of which any part is another, packed: $packed, deflated: $deflated', (form) => {
    const bytes = encodeEntry(entryOf(value), form);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 30 }), (at, other) => {
        const damaged = Buffer.concat([bytes.subarray(0, at), other, bytes.subarray(at + other.length)]);
        return damaged.equals(bytes) || decodeEntry(damaged) === undefined;
      }),
    );
  });

  it('are any bytes, none too', () => {
    expect(decodeEntry(Buffer.alloc(0))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => decodeEntry(Buffer.from(bytes)) === undefined));
  });

  it('are any bytes after a right first line and under a right checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(255), (bytes, flags) => {
        return decodeEntry(sealed(HEAD, Uint8Array.of(flags), bytes)) === undefined;
      }),
      { numRuns: 5_000 },
    );
  });

  it('is none of these bodies under a right checksum, but this one is', () => {
    expect(decodeEntry(sealed(HEAD, '\x04', JSON.stringify(bodyOf('value'))))?.value).toBe('value');
  });

  it.each<[string, unknown]>([
    ['no object', [1, 2]],
    ['nothing', null],
    ...Object.keys(bodyOf('value')).map((name): [string, unknown] => [
      `without its ${name}`,
      { ...bodyOf('value'), [name]: undefined },
    ]),
    ['a time that is text', { ...bodyOf('value'), freshMs: '1' }],
    ['a time that is null', { ...bodyOf('value'), keepForMs: null }],
    ['tags that are none', { ...bodyOf('value'), tags: { a: 1 } }],
    ['a tag that is none', { ...bodyOf('value'), tags: [[7, 1]] }],
    ['a tag without a start', { ...bodyOf('value'), tags: [['m:a']] }],
    ['alone in no known way', { ...bodyOf('value'), alone: 'always' }],
    ['a failure that is none', { ...bodyOf('value'), failure: 'NOT_FOUND' }],
    ['a failure without a message', { ...bodyOf('value'), failure: { code: 'NOT_FOUND', details: {} } }],
    ...['$nothing', '$number', '$bigint', '$utf16', '$decimal', '$buffer', '$bytes', '$map', '$set', '$object'].map(
      (name): [string, unknown] => [`an escape ${name} of what it cannot hold`, bodyOf({ [name]: { a: 1 } })],
    ),
    ...[{ $bigint: true }, { $decimal: 1 }, { $utf16: [1] }, { $buffer: [1] }, { $bytes: [1] }].map(
      (escape): [string, unknown] => [`an escape of what is no text, ${Object.keys(escape)[0]}`, bodyOf(escape)],
    ),
    ['an escape that is no integer', bodyOf({ $bigint: '1.5' })],
    ['an escape that is no decimal', bodyOf({ $decimal: 'x' })],
    ['an escape of no number', bodyOf({ $number: 'x' })],
    ['an escape of no date', bodyOf({ $date: 'x' })],
  ])('is %s under a right checksum', (_name, body) => {
    expect(decodeEntry(sealed(HEAD, '\x04', JSON.stringify(body)))).toBeUndefined();
  });

  it('is one of another version, or in a form that is not known', () => {
    const body = JSON.stringify(bodyOf('value'));
    expect(decodeEntry(sealed(HEAD, '\0', body))?.value).toBe('value');
    for (const head of [
      '1 g 1\n',
      `${CODEC_VERSION + 1} g 1\n`,
      'x g 1\n',
      `${CODEC_VERSION} g\n`,
      `${CODEC_VERSION} g x\n`,
      '\n',
    ]) {
      expect(decodeEntry(sealed(head, '\0', body))).toBeUndefined();
    }
    for (let flags = 8; flags < 256; flags += 1) {
      expect(decodeEntry(sealed(HEAD, Uint8Array.of(flags), body))).toBeUndefined();
    }
  });

  it('is one that would become more than the greatest length', () => {
    const inflated = (room: number) => {
      const body = JSON.stringify(bodyOf('x'.repeat(room)));
      return sealed(HEAD, '\x02', deflateRawSync(body));
    };
    expect(decodeEntry(inflated(MAX_ENTRY_BYTES - 400))).toBeDefined();
    const bomb = inflated(50 * MAX_ENTRY_BYTES);
    expect(bomb.length).toBeLessThan(MAX_ENTRY_BYTES / 10);
    expect(decodeEntry(bomb)).toBeUndefined();
  });
});
