import type { Server } from 'node:http';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** Starts to listen and answers the server's URL, such as `http://127.0.0.1:4000`. Throws an Error that says what to change. */
export async function listen(server: Server, { host, port }: ListenOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: unknown) => {
    throw explain(error, { host, port });
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${listening}`;
}

/** Private */
function explain(cause: unknown, { host, port }: ListenOptions): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new Error(`Port ${port} of ${host} is in use. Stop what listens there, or set PORT to another one.`, {
        cause,
      });
    case 'EACCES':
      return new Error(`Port ${port} is not open to this user. Set PORT to one from 1024.`, { cause });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Error(`${host} is no address of this machine. Set HOST to one, such as 127.0.0.1 or 0.0.0.0.`, {
        cause,
      });
    default:
      return cause;
  }
}
