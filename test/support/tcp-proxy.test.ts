import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProxy, type TcpProxy } from './tcp-proxy.js';

describe('startProxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  /** All that ever reached the echoing server. */
  let arrived = '';

  beforeEach(async () => {
    arrived = '';
    echo = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        arrived += bytes.toString();
        socket.write(bytes);
      });
    });
    proxy = await startProxy(`redis://:secret@127.0.0.1:${await listen(echo)}/2`);
  });

  afterEach(async () => {
    await proxy.close();
    await proxy.close();
    echo.close();
    await once(echo, 'close');
  });

  it('keeps the rest of the URL', () => {
    expect(proxy.url).toBe(`redis://:secret@127.0.0.1:${proxy.port}/2`);
  });

  it('passes bytes and ends both ways', async () => {
    const client = await open(proxy);
    client.socket.end('hello');
    await once(client.socket, 'close');
    expect(client.received).toBe('hello');
  });

  it('resets what is open and refuses what comes, until restored', async () => {
    const { socket } = await open(proxy);
    await proxy.cut();
    await expect.poll(() => socket.errored).toMatchObject({ code: 'ECONNRESET' });
    await expect(open(proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.restore();
    await echoes(await open(proxy), 'again');
  });

  it('delivers after a blackhole all that was sent into it, in order', async () => {
    const client = await open(proxy);
    await echoes(client, 'before ');
    proxy.blackhole();
    client.socket.write('one ');
    const late = await open(proxy);
    late.socket.end('late');
    client.socket.write('two ');
    await nothingMoves();
    expect(arrived).toBe('before ');
    await proxy.restore();
    await expect.poll(() => client.received).toBe('before one two ');
    await expect.poll(() => late.received).toBe('late');
  });

  it('holds back answers that were on their way when the blackhole began', async () => {
    const client = await open(proxy);
    proxy.delay(40);
    client.socket.write('answer');
    await expect.poll(() => arrived, { interval: 1 }).toBe('answer');
    proxy.blackhole();
    await nothingMoves();
    expect(client.received).toBe('');
    await proxy.restore();
    await expect.poll(() => client.received).toBe('answer');
  });

  it('delays answers, in order, and no longer than it is told to', async () => {
    const client = await open(proxy);
    proxy.delay(100);
    const began = performance.now();
    await echoes(client, 'slow ');
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
    client.socket.write('first ');
    await expect.poll(() => arrived, { interval: 1 }).toBe('slow first ');
    await proxy.restore();
    client.socket.write('second');
    await expect.poll(() => client.received).toBe('slow first second');
  });

  it('resets the client where the target refuses', async () => {
    const target = createServer();
    const before = await startProxy(`http://127.0.0.1:${await listen(target)}`);
    target.close();
    await once(target, 'close');
    const { socket } = await open(before);
    await expect.poll(() => socket.errored).toMatchObject({ code: 'ECONNRESET' });
    await before.close();
  });
});

/** Private: a connection by way of the proxy, and all that came over it. */
interface Client {
  readonly socket: Socket;
  received: string;
}

/** Private */
async function open(proxy: TcpProxy): Promise<Client> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  const client: Client = { socket, received: '' };
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    client.received += bytes.toString();
  });
  return client;
}

/** Private */
async function echoes(client: Client, text: string): Promise<void> {
  client.socket.write(text);
  await expect.poll(() => client.received, { interval: 1 }).toBe(text);
}

/** Private: while what could move would: as long as a round trip over two sockets of its own takes, many times over. */
async function nothingMoves(): Promise<void> {
  const other = createServer((socket) => socket.pipe(socket));
  const socket = connect(await listen(other), '127.0.0.1');
  for (let trip = 0; trip < 200; trip++) {
    socket.write('x');
    await once(socket, 'data');
  }
  socket.destroy();
  other.close();
}

/** Private */
async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}
