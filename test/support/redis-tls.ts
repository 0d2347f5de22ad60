import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { findFreePort } from './free-port.js';

/** A server behind TLS, as behind a terminating proxy: not every redis-server is built with TLS of its own. */
export interface RedisTls {
  /** Of the scheme rediss, by the address that the certificate names. */
  readonly url: string;
  /** The file to name in NODE_EXTRA_CA_CERTS: nobody trusts the certificate otherwise, it is its own authority. */
  readonly caFile: string;
  close(): Promise<void>;
}

/** Puts TLS before a Redis that is given by its URL. */
export async function startRedisTls(target: string): Promise<RedisTls> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (client) => {
    const redis = connect(Number(targetPort), hostname);
    client.pipe(redis).pipe(client);
    client.on('error', () => redis.destroy());
    redis.on('error', () => client.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-tls-'));
  const caFile = join(dir, 'ca.pem');
  writeFileSync(caFile, CERTIFICATE);
  return {
    url: `rediss://127.0.0.1:${port}`,
    caFile,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Private: of 127.0.0.1 and localhost, until 2120. It guards nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2vxX6JY+nlm+Nycv
X/kGAR6U2a1HjPNUosiPoqQvW3OhRANCAASs2mjsNU5YTRdf60tDDTwNKJYlvNGv
bvz2H2zkR9+hbC8M/8w/csyv+UlNuA/eDzjxX5oa2fgVL5AE7Ro/KW+d
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBcDCCARWgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA10aWRlbWFy
ayB0ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA10aWRlbWFyayB0ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErNpo
7DVOWE0XX+tLQw08DSiWJbzRr2789h9s5EffoWwvDP/MP3LMr/lJTbgP3g848V+a
Gtn4FS+QBO0aPylvnaNOMEwwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/
AAABgglsb2NhbGhvc3QwHQYDVR0OBBYEFLxaXpcntDsZW5O94nPzt1QISXrfMAoG
CCqGSM49BAMCA0kAMEYCIQDDiFMb0UIO7kr6WHSDL6le4p94bnr9rwxfoP5thMTB
cgIhAL+n7pKuGigbMxX4w0anDV475jxEOgDRd4cp+S6e1XXm
-----END CERTIFICATE-----
`;
