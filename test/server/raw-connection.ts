import { connect, type Socket } from 'node:net';

/** A connection on which a test writes HTTP by hand. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that has come in. */
  text(): string;
  write(text: string): void;
  /** Once something has come in that matches, all of it; rejects where the connection ends before. */
  received(pattern: RegExp): Promise<string>;
  /** Once the connection has ended: all that came in, and how it ended. */
  readonly ended: Promise<{ readonly text: string; readonly error: string | undefined }>;
}

export async function openConnection(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let error: string | undefined;
  socket.setEncoding('utf8').on('data', (data: string) => (text += data));
  socket.on('error', (cause: NodeJS.ErrnoException) => (error = cause.code ?? cause.message));
  const ended = new Promise<{ text: string; error: string | undefined }>((resolve) => {
    socket.once('close', () => resolve({ text, error }));
  });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const received = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (pattern.test(text)) resolve(text);
      };
      socket.on('data', look);
      void ended.then(() => reject(new Error(`The connection ended (${error ?? 'in order'}) with: ${text}`)));
      look();
    });
  return { socket, text: () => text, write: (more) => void socket.write(more), received, ended };
}

/** Sends a whole request and answers what comes back until the server ends the connection. */
export async function exchange(port: number, request: string): Promise<string> {
  const connection = await openConnection(port);
  connection.write(request);
  return (await connection.ended).text;
}
