import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from './free-port.js';

/** A bad network between a client and a server, over real sockets. */
export interface TcpProxy {
  readonly port: number;
  /** The target's URL, by way of the proxy. */
  readonly url: string;
  /** Resets the connections and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections and bytes and delivers nothing either way. As TCP does, it keeps the bytes: `restore` delivers them. */
  blackhole(): void;
  /** What the target sends from now on arrives this much later. */
  delay(ms: number): void;
  /** A good network again. What was delayed keeps its delay. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy before a server, given by a URL with a port. */
export async function startProxy(target: string): Promise<TcpProxy> {
  const url = new URL(target);
  if (url.port === '') throw new Error(`The target's URL must name a port, but got ${target}.`);
  const network = new Network(Number(url.port), url.hostname);
  const server = createServer({ allowHalfOpen: true }, (client) => network.connect(client));
  const port = await findFreePort();
  await listen(server, port);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  const cut = async () => {
    if (!server.listening) return;
    server.close();
    network.reset();
    await once(server, 'close');
  };
  return {
    port,
    url: url.href,
    cut,
    blackhole: () => network.change({ held: true }),
    delay: (ms) => network.change({ delayMs: ms }),
    restore: async () => {
      network.change({ held: false, delayMs: 0 });
      if (!server.listening) await listen(server, port);
    },
    close: cut,
  };
}

/** Private: the connections, and the weather that they share. */
class Network {
  readonly #sockets = new Set<Socket>();
  readonly #lanes = new Set<Lane>();
  #weather: Weather = { held: false, delayMs: 0 };

  constructor(
    readonly targetPort: number,
    readonly targetHost: string,
  ) {}

  connect(client: Socket): void {
    const target = connect({ port: this.targetPort, host: this.targetHost, allowHalfOpen: true });
    this.#join(client, target, () => 0);
    this.#join(target, client, () => this.#weather.delayMs);
  }

  change(weather: Partial<Weather>): void {
    this.#weather = { ...this.#weather, ...weather };
    for (const lane of this.#lanes) lane.flush();
  }

  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Private: one direction. A reset passes at once, an orderly end takes its turn behind the bytes. */
  #join(from: Socket, to: Socket, delayMs: () => number): void {
    const lane = new Lane(to, () => this.#weather.held);
    this.#sockets.add(from);
    this.#lanes.add(lane);
    from.on('data', (bytes) => lane.push(bytes, delayMs()));
    from.on('end', () => lane.push(undefined, delayMs()));
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      this.#sockets.delete(from);
    });
    to.on('close', () => {
      lane.close();
      this.#lanes.delete(lane);
    });
  }
}

/** Private */
interface Weather {
  readonly held: boolean;
  readonly delayMs: number;
}

/** Private: what is on its way to a socket, in order, each piece not before its time. Undefined is the end. */
class Lane {
  readonly #queue: { readonly bytes: Buffer | undefined; readonly dueAt: number }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly to: Socket,
    readonly isHeld: () => boolean,
  ) {}

  push(bytes: Buffer | undefined, delayMs: number): void {
    this.#queue.push({ bytes, dueAt: performance.now() + delayMs });
    this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    for (let head = this.#queue[0]; head && !this.isHeld(); head = this.#queue[0]) {
      const waitMs = head.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        return;
      }
      this.#queue.shift();
      if (head.bytes) this.to.write(head.bytes);
      else this.to.end();
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }
}

/** Private */
async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}
