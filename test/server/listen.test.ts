import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/server/listen.js';

describe('listen', () => {
  it('answers the URL, with the port that it got', async () => {
    const server = createServer();
    const url = await listen(server, { host: '127.0.0.1', port: 0 });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,5}$/);
    server.close();
  });

  it('says what to do where the port is in use', async () => {
    const first = createServer();
    const port = Number(new URL(await listen(first, { host: '127.0.0.1', port: 0 })).port);
    const error = `Port ${port} of 127.0.0.1 is in use. Stop what listens there, or set PORT to another one.`;
    await expect(listen(createServer(), { host: '127.0.0.1', port })).rejects.toThrow(error);
    first.close();
  });

  it.each(['192.0.2.1', 'no-such-host.invalid'])(
    'says what to do where %s is no address of this machine',
    async (host) => {
      const error = `${host} is no address of this machine. Set HOST to one, such as 127.0.0.1 or 0.0.0.0.`;
      await expect(listen(createServer(), { host, port: 0 })).rejects.toThrow(error);
    },
  );
});
