import { Duplex } from 'node:stream';
import type { EmbeddedServer } from './embedded-server.js';

/**
 * What `pg` takes for the socket of a server: what it writes goes to the embedded one, whose answer is what it reads.
 * Postgres has one session there, which goes on when a connection ends: so there must be one at a time.
 */
export class EmbeddedConnection extends Duplex {
  readonly #server: EmbeddedServer;

  constructor(server: EmbeddedServer) {
    super();
    this.#server = server;
  }

  /** What `pg` calls on a socket, beyond a Duplex. */
  connect(): void {
    process.nextTick(() => this.emit('connect'));
  }
  setNoDelay(): void {}
  ref(): void {}
  unref(): void {}

  override _write(messages: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#server.ask(messages).then((answer) => {
      if (answer.length > 0) this.push(answer);
      done();
    }, done);
  }

  /** The messages of one query come together, and go in one crossing of the threads rather than five. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _read(): void {}

  override _final(done: () => void): void {
    this.push(null);
    done();
  }
}
