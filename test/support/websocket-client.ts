import { WebSocket, type ClientOptions } from 'ws';

export type Message = Readonly<Record<string, unknown>> & { readonly type: string };

export interface WebsocketOptions extends ClientOptions {
  /** Undefined: none is asked for. */
  readonly protocol?: string | undefined;
}

/** A WebSocket on which a test speaks graphql-transport-ws by hand. */
export interface WebsocketClient {
  readonly socket: WebSocket;
  send(message: object): void;
  /** The next message that has not been asked for; rejects where the connection ends before. */
  next(): Promise<Message>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens a WebSocket at /graphql. Rejects where it is not granted. */
export async function openWebsocket(url: string, options: WebsocketOptions = {}): Promise<WebsocketClient> {
  const { protocol, ...others } = { protocol: 'graphql-transport-ws', ...options };
  const address = `${url.replace('http', 'ws')}/graphql`;
  const socket = protocol === undefined ? new WebSocket(address, others) : new WebSocket(address, protocol, others);
  const messages: Message[] = [];
  let look = () => {};
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as Message);
    look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  const next = () =>
    new Promise<Message>((resolve, reject) => {
      look = () => {
        const message = messages.shift();
        if (!message) return;
        look = () => {};
        resolve(message);
      };
      void closed.then(({ code, reason }) => reject(new Error(`The connection was closed: ${code} ${reason}`)));
      look();
    });
  return { socket, send: (message) => socket.send(JSON.stringify(message)), next, closed };
}

/** Opens a WebSocket and has it acknowledged. */
export async function connectWebsocket(
  url: string,
  connectionParams: Readonly<Record<string, unknown>> = {},
): Promise<WebsocketClient> {
  const client = await openWebsocket(url);
  client.send({ type: 'connection_init', payload: connectionParams });
  const { type } = await client.next();
  if (type !== 'connection_ack') throw new Error(`Instead of an acknowledgement came ${type}.`);
  return client;
}
