import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long what runs may take to end, ms. */
const GRACE_MS = 10_000;

/**
 * Makes a server that can be closed without cutting anybody off, before it listens. The function that it answers takes no more
 * requests, lets those that run end, ends what has no end of its own, and cuts off what has not ended after `graceMs`.
 */
export function gracefulClose(server: Server, endStreams: () => void): (graceMs?: number) => Promise<void> {
  const sockets = new Set<Socket>();
  const running = new Set<ServerResponse>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.prependListener('request', (_, response: ServerResponse) => {
    running.add(response);
    if (!server.listening) response.setHeader('Connection', 'close');
    response.once('close', () => {
      running.delete(response);
      // An event stream has sent its headers before: its connection would stay open for another request.
      if (!server.listening) server.closeIdleConnections();
    });
  });
  return async (graceMs = GRACE_MS) => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    // The connection of what runs would stay open for another request.
    for (const response of running) if (!response.headersSent) response.setHeader('Connection', 'close');
    // Browsers open connections before they need them: to Node one that never sent a byte is not idle.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    endStreams();
    const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), graceMs);
    await closed;
    clearTimeout(cut);
  };
}
