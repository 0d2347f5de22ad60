import type { IncomingMessage, ServerResponse } from 'node:http';
import { faultAnswer, send, sendUnended, type RequestFault } from './http-answer.js';
import { announcesTooMuch } from './read-body.js';

/** What is thrown away of a body that nobody reads, before its connection is cut. */
const LINGER_BYTES = 500_000;
const LINGER_MS = 1_000;

/**
 * Answers a request whose body nobody reads. A small one is read over by Node. A large one ends the connection, and a connection that
 * is closed while data still comes in is reset, which can take the answer from a client that has not read it yet (RFC 9112, section
 * 9.6): so the answer goes out, and the end waits for the client's, for a bounded time and a bounded part of the body.
 */
export async function refuse(request: IncomingMessage, response: ServerResponse, fault: RequestFault): Promise<void> {
  const isLarge = announcesTooMuch(request) || request.headers['transfer-encoding'] !== undefined;
  if (request.complete || !isLarge) return send(response, faultAnswer(request, fault));
  response.setHeader('Connection', 'close');
  sendUnended(response, faultAnswer(request, fault));
  await discard(request);
  response.end();
}

/** Private: resolves once the body has ended, the client has gone, or the time is over. */
async function discard(request: IncomingMessage): Promise<void> {
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    request
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > LINGER_BYTES) request.pause();
      })
      .on('error', done)
      .once('end', done)
      .once('close', done)
      .resume();
  });
}
