import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between one instance and Redis, and can hold back what comes on its bus alone. */
export interface DeafProxy {
  /** Redis's URL by way of the proxy. */
  readonly url: string;
  /** From now on nothing arrives on a connection that subscribes. As TCP does, it keeps the bytes. */
  deafen(): void;
  close(): void;
}

export async function startDeafProxy(target: string): Promise<DeafProxy> {
  const { hostname, port } = new URL(target);
  const lines = new Set<Line>();
  let deaf = false;
  const server = createServer((client) => {
    const line: Line = { client, redis: connect(Number(port), hostname), subscribes: false };
    lines.add(line);
    client.on('data', (bytes) => {
      line.subscribes ||= SUBSCRIBES.test(bytes.toString('latin1'));
      if (deaf && line.subscribes) line.redis.pause();
      line.redis.write(bytes);
    });
    line.redis.on('data', (bytes) => line.client.write(bytes));
    for (const [from, to] of [[client, line.redis] as const, [line.redis, client] as const]) {
      from.once('error', () => to.destroy());
      from.once('close', () => {
        to.destroy();
        lines.delete(line);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deafen: () => {
      deaf = true;
      for (const { subscribes, redis } of lines) if (subscribes) redis.pause();
    },
    close: () => {
      server.close();
      for (const { client, redis } of lines) {
        client.destroy();
        redis.destroy();
      }
    },
  };
}

/** Private: one client's connection, and its other half. */
interface Line {
  readonly client: Socket;
  readonly redis: Socket;
  subscribes: boolean;
}

/** Private: as RESP has the name of a command, in any case: SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE. */
const SUBSCRIBES = /\r\n[ps]?subscribe\r\n/i;
