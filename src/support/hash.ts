import { createHash } from 'node:crypto';

/** The first `length` characters of a SHA-256 in base64url: 22 of them are 132 bits, past any collision. */
export function hash(text: string | Buffer, length = 22): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, length);
}
