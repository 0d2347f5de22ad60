import { toError } from '../../src/support/to-error.js';
import type { CacheLayer, CacheStatus } from '../../src/cache/index.js';
import type { GatewayLife } from './fleet.js';
import type { ConsistencyExtension } from './gateway.js';
import type { Answered, Operation, Reading } from './history.js';
import { HttpClient } from './http-client.js';

/** What a client wants to know or to do. */
export interface GraphqlRequest {
  readonly kind: Operation['kind'];
  readonly field: Operation['field'];
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer?: string | undefined;
}

/** Past the checker's longest wait, so that an answer which is too late is told from one that never comes. */
const TIMEOUT_MS = 10_000;

/** Asks gateways and makes of each answer an operation of the history. */
export class GraphqlClient {
  readonly #http = new HttpClient();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async ask({ name, port }: GatewayLife, request: GraphqlRequest): Promise<Operation> {
    const { kind, field, document, variables, viewer } = request;
    const body = JSON.stringify({ query: document, variables });
    const headers: Record<string, string> = viewer === undefined ? {} : { 'x-viewer': viewer };
    const start = this.#now();
    const answer = await this.#http.post(port, '/graphql', body, headers, TIMEOUT_MS).then(toAnswered, toError);
    const end = this.#now();
    const outcome = answer instanceof Error ? ({ type: 'failed', error: answer.message } as const) : answer;
    return { kind, field, gateway: name, viewer, start, end, outcome };
  }

  close(): void {
    this.#http.close();
  }
}

interface Body {
  readonly data?: Readonly<Record<string, RegisterData | CompositeData | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
  readonly extensions?: { readonly cache: ConsistencyExtension };
}

interface RegisterData {
  readonly key: string;
  readonly version: number;
  readonly viewer?: string | null;
  readonly after?: RegisterData | null;
}

interface CompositeData {
  readonly registers: readonly RegisterData[];
}

/** Private: an answer that holds errors is none. */
function toAnswered(text: string): Answered | Error {
  const { data, errors, extensions } = JSON.parse(text) as Body;
  if (errors) return new Error(errors.map(({ message }) => message).join('; '));
  if (!data || !extensions) return new Error(`This is no answer: ${text}`);
  const { alone, pending, fields } = extensions.cache;
  let payload: Reading | undefined;
  const readings = Object.entries(data).flatMap(([alias, value]) => {
    if (!value) return [];
    const how = fields.find(({ name }) => name === alias);
    const told = { status: how?.status as CacheStatus, layer: how?.layer as CacheLayer | null, kept: how?.kept };
    const registers = 'registers' in value ? value.registers : [value];
    if ('after' in value && value.after) payload = toReading(value.after);
    return registers.map((register) => ({ ...toReading(register), ...told }));
  });
  return { type: 'answered', readings, payload, alone, pending };
}

/** Private */
function toReading({ key, version, viewer }: RegisterData): Reading {
  return { key, version, viewer: viewer ?? undefined };
}
