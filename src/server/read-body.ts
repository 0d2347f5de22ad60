import type { IncomingMessage } from 'node:http';

/** The largest body that is read, bytes. */
export const MAX_BODY_BYTES = 100_000;

/** The body is larger than {@link MAX_BODY_BYTES}. */
export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
  readonly code = 'BODY_TOO_LARGE';
}

/** Whether a request says beforehand that its body is too large. */
export function announcesTooMuch({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length']) > MAX_BODY_BYTES;
}

/**
 * The whole body as text. Refused while it is read, and by its announced length before: nothing larger is ever held. The request is
 * paused then, not destroyed, so that it can still be answered. Rejects too where the client goes away.
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  if (announcesTooMuch(request)) throw new BodyTooLargeError();
  const chunks: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= MAX_BODY_BYTES) return;
      request.off('data', onData).pause();
      reject(new BodyTooLargeError());
    };
    request.on('data', onData).once('end', resolve).once('error', reject);
  });
  return Buffer.concat(chunks).toString('utf8');
}
