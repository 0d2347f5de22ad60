import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestRedis } from './redis-setups.js';

/** The network between one instance and all servers of its Redis. */
export interface InstanceNetwork {
  /** As the instance is to be told it. */
  readonly url: string;
  /** Connections end, and new ones at once. */
  cut(): void;
  /** Nothing arrives any more, either way. As TCP does, it keeps the bytes. */
  hold(): void;
  /** Nothing arrives on the bus alone, and it does not end. */
  holdBus(): void;
  /** The bus alone ends, and whatever would be another one. */
  cutBus(): void;
  /** A good network again; what was held arrives. */
  restore(): void;
  close(): void;
}

type Weather = 'good' | 'cut' | 'held' | 'bus held' | 'bus cut';

/**
 * Opens a way to each server. Nodes of a cluster name each other by address: in their answers these are replaced, else the instance
 * would go round its network.
 */
export async function openInstanceNetwork({ servers, isCluster }: TestRedis): Promise<InstanceNetwork> {
  const wires = new Set<Wire>();
  let weather: Weather = 'good';
  const change = (to: Weather) => {
    weather = to;
    for (const wire of wires) wire.bear(weather);
  };
  const ways = await Promise.all(
    servers.map(async ({ port }): Promise<Way> => {
      const listener = createServer((client) => {
        const wire = new Wire(client, connect(port, '127.0.0.1'), { translate, weather: () => weather });
        wires.add(wire);
        client.once('close', () => wires.delete(wire));
        wire.bear(weather);
      });
      listener.listen(0, '127.0.0.1');
      await once(listener, 'listening');
      return { listener, port, by: (listener.address() as AddressInfo).port };
    }),
  );
  const translate = (bytes: Buffer) => (isCluster ? replacePorts(bytes, ways) : bytes);
  return {
    url: ways.map(({ by }) => `redis://127.0.0.1:${by}`).join(),
    cut: () => change('cut'),
    hold: () => change('held'),
    holdBus: () => change('bus held'),
    cutBus: () => change('bus cut'),
    restore: () => change('good'),
    close: () => {
      for (const { listener } of ways) listener.close();
      change('cut');
    },
  };
}

/** Private */
interface Way {
  readonly listener: Server;
  readonly port: number;
  readonly by: number;
}

/** Private: one connection. That it is the bus is known by its SUBSCRIBE. */
class Wire {
  #isBus = false;
  readonly #client: Socket;
  readonly #server: Socket;

  constructor(
    client: Socket,
    server: Socket,
    { translate, weather }: { readonly translate: (bytes: Buffer) => Buffer; readonly weather: () => Weather },
  ) {
    this.#client = client;
    this.#server = server;
    client.on('data', (bytes) => {
      this.#isBus ||= /\r\nsubscribe\r\n/i.test(bytes.toString('latin1'));
      this.bear(weather());
      server.write(bytes);
    });
    server.on('data', (bytes) => client.write(translate(bytes)));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      // A broken connection is what the instance is to notice.
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }

  bear(weather: Weather): void {
    if (weather === 'cut' || (weather === 'bus cut' && this.#isBus)) this.#client.destroy();
    const isHeld = weather === 'held' || (weather === 'bus held' && this.#isBus);
    for (const socket of [this.#client, this.#server]) {
      if (isHeld) socket.pause();
      else socket.resume();
    }
  }
}

/** Private: an address ends its line, in a list of slots as in a MOVED or ASK. */
function replacePorts(bytes: Buffer, ways: readonly Way[]): Buffer {
  const text = ways.reduce(
    (text, { port, by }) => text.replaceAll(`:${port}\r\n`, `:${by}\r\n`),
    bytes.toString('latin1'),
  );
  return Buffer.from(text, 'latin1');
}
