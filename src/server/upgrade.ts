import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { faultAnswer, type RequestFault } from './http-answer.js';

/** Whether a request that asks for another protocol asks for a WebSocket. */
export function asksForWebsocket({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  return upgrade.toLowerCase() === 'websocket';
}

/**
 * Has a request served as if it had not asked for another protocol, as a server may (RFC 9110, section 7.8): clients ask for HTTP/2
 * with any request, Java's by default. Node takes every such request off HTTP where one of them is listened for; it is written anew, at
 * the front of its connection.
 */
export function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method = '', url = '', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (name.toLowerCase() !== 'upgrade') lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Answers a request for a WebSocket that is not granted, and ends its connection. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, fault: RequestFault): void {
  const { status, type, body } = faultAnswer(request, fault);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const destroy = () => socket.destroy();
  socket
    .once('error', destroy)
    .once('finish', destroy)
    .end(`${head.join('\r\n')}\r\n\r\n${String(body)}`);
}
