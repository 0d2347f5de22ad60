import { parentPort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { EmbeddedServerRequest } from './embedded-server.js';

// The thread of EmbeddedServer, with the folder as its argument. It answers once when Postgres is open, then every
// request in its turn. Whatever is thrown here ends the thread, and by its end the other side learns of it.

const port = parentPort;
if (!port) throw new Error('This file is the thread of EmbeddedServer; it is not run by itself.');
const postgres = await PGlite.create(process.argv[2]);

port.on('message', (request: EmbeddedServerRequest) => {
  if (request === 'close') void postgres.close().then(() => port.close());
  // A copy, since an answer can be a small part of a large buffer, and all of that would go along.
  else port.postMessage(postgres.execProtocolRawSync(request).slice());
});
port.postMessage(new Uint8Array());
