import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Counts how often a client waits for Redis: stands between them and watches who speaks. */
export interface RoundTripCounter {
  /** Redis's URL by way of the counter. */
  readonly url: string;
  /** Since the last call: how often a connection spoke after it had been answered. What is sent together is one trip. */
  take(): number;
  close(): Promise<void>;
}

export async function startRoundTripCounter(target: string): Promise<RoundTripCounter> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let trips = 0;
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname);
    let answered = true;
    client.on('data', () => {
      if (answered) trips += 1;
      answered = false;
    });
    redis.on('data', () => (answered = true));
    for (const [from, to] of [[client, redis] as const, [redis, client] as const]) {
      sockets.add(from);
      from.pipe(to);
      from.once('error', () => to.destroy());
      from.once('close', () => sockets.delete(from));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => {
      const taken = trips;
      trips = 0;
      return taken;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
