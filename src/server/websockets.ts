import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { MAX_BODY_BYTES } from './read-body.js';
import { WebsocketConnection, type WebsocketConnectionOptions } from './websocket-connection.js';

/** The WebSockets of a server. */
export interface Websockets {
  /** Takes a connection whose request asks for a WebSocket. */
  readonly accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Closes those that there are, each as soon as it may (WebsocketConnection), and any that still comes. */
  readonly close: () => void;
}

export function createWebsockets(options: WebsocketConnectionOptions): Websockets {
  // Without compression, which would cost each connection some hundred kilobytes (ws, README).
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    handleProtocols,
    clientTracking: false,
  });
  const connections = new Set<WebsocketConnection>();
  let isClosing = false;
  return {
    accept: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (websocket) => {
        const connection = new WebsocketConnection(websocket, request, options);
        connections.add(connection);
        websocket.once('close', () => connections.delete(connection));
        if (isClosing) connection.close();
      }),
    close: () => {
      isClosing = true;
      for (const connection of connections) connection.close();
    },
  };
}
