import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { isPublished, RespFrames } from './resp-frames.js';

/** Which of a gateway's connections to Redis: those for commands, the one that subscribes to the bus, or all. */
export type Lane = 'commands' | 'bus' | 'all';

/**
 * The network between one gateway and Redis. It knows the bus by its SUBSCRIBE, so that a gateway can be made deaf while its commands
 * are answered.
 */
export class RedisNetwork {
  readonly port: number;
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  readonly #held = new Set<Lane>();
  readonly #cut = new Set<Lane>();
  #lose: (() => boolean) | undefined;

  /** Listens on a port of its own and passes on to Redis'. */
  static async start(redisPort: number): Promise<RedisNetwork> {
    const server = createServer({ allowHalfOpen: false });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RedisNetwork(server, redisPort);
  }

  private constructor(server: Server, redisPort: number) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => {
      const target = connect({ port: redisPort, host: '127.0.0.1', noDelay: true });
      const wire = new Wire(client, target, {
        onLaneKnown: () => this.#apply(wire),
        isLost: () => this.#lose?.() ?? false,
        onClose: () => this.#wires.delete(wire),
      });
      this.#wires.add(wire);
      this.#apply(wire);
    });
  }

  /** Nothing passes either way; the bytes wait. */
  hold(lane: Lane): void {
    this.#change(this.#held, lane, true);
  }

  /** Connections are closed, and new ones too. */
  cut(lane: Lane): void {
    this.#change(this.#cut, lane, true);
  }

  /** What is published is lost where `lose` says so, the connection living on. */
  loseMessages(lose: () => boolean): void {
    this.#lose = lose;
  }

  /** A good network again; what was held arrives. */
  restore(): void {
    this.#held.clear();
    this.#cut.clear();
    this.#lose = undefined;
    for (const wire of this.#wires) this.#apply(wire);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const wire of this.#wires) wire.close();
    await once(this.#server, 'close');
  }

  #change(lanes: Set<Lane>, lane: Lane, on: boolean): void {
    if (on) lanes.add(lane);
    else lanes.delete(lane);
    for (const wire of this.#wires) this.#apply(wire);
  }

  #apply(wire: Wire): void {
    if (this.#cut.has('all') || this.#cut.has(wire.lane)) wire.close();
    else wire.hold(this.#held.has('all') || this.#held.has(wire.lane));
  }
}

/** Private */
interface WireListener {
  readonly onLaneKnown: () => void;
  readonly isLost: () => boolean;
  readonly onClose: () => void;
}

/** Private: one connection. Held, it reads no more, and the bytes stay with their senders, as TCP has it. */
class Wire {
  lane: Lane = 'commands';
  readonly #frames = new RespFrames();
  readonly #client: Socket;
  readonly #target: Socket;

  constructor(client: Socket, target: Socket, { onLaneKnown, isLost, onClose }: WireListener) {
    this.#client = client;
    this.#target = target;
    client.setNoDelay(true);
    client.on('data', (bytes) => {
      target.write(bytes);
      if (this.lane === 'bus' || !isSubscription(bytes)) return;
      this.lane = 'bus';
      onLaneKnown();
    });
    target.on('data', (bytes) => {
      if (this.lane !== 'bus') return void client.write(bytes);
      for (const frame of this.#frames.push(bytes)) if (!isPublished(frame) || !isLost()) client.write(frame);
    });
    // The end of one side is the other's too; what went wrong is for the gateway to notice.
    for (const [socket, other] of [[client, target] as const, [target, client] as const]) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        other.destroy();
        onClose();
      });
    }
  }

  hold(held: boolean): void {
    for (const socket of [this.#client, this.#target]) {
      if (held) socket.pause();
      else socket.resume();
    }
  }

  /** Not by a reset: one of a socket that is just being shut down leaves its handle open for ever (Node 20). */
  close(): void {
    this.#client.destroy();
    this.#target.destroy();
  }
}

/** Private: also of a cluster's channels and of patterns. */
function isSubscription(bytes: Buffer): boolean {
  return /\r\n[sp]?subscribe\r\n/i.test(bytes.toString('latin1', 0, 200));
}
