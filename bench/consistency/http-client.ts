import { Agent, request } from 'node:http';

/** As many as may wait for one server at a time. */
const MAX_SOCKETS = 256;

/** Asks servers of this machine over connections that stay open: a client must cost less than what it asks. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, maxFreeSockets: MAX_SOCKETS });

  /** The body of a POST's answer; rejects where none comes, or after `timeoutMs`. */
  post(port: number, path: string, body: string, headers: Record<string, string>, timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          ...{ agent: this.#agent, host: '127.0.0.1', port, path, method: 'POST', timeout: timeoutMs },
          headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          const pieces: string[] = [];
          response.setEncoding('utf8');
          response.on('data', (piece: string) => pieces.push(piece));
          response.on('end', () => resolve(pieces.join('')));
          response.on('error', reject);
        },
      );
      asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeoutMs} ms`)));
      asked.on('error', reject);
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
