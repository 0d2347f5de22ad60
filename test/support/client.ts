/** An answer as it came, with its body as text and, where it is JSON, parsed. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

/** What a GraphQL answer holds. */
export interface GraphqlAnswer<D = Record<string, unknown>> {
  readonly data?: D | null;
  readonly errors?: readonly GraphqlError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly extensions: { readonly code: string } & Readonly<Record<string, unknown>>;
}

/** A client of one gateway. */
export interface Client {
  readonly url: string;
  /** A POST to /graphql. */
  query<D = Record<string, unknown>>(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<GraphqlAnswer<D>>>;
  /** A GET of a path with what follows it. A body that is no JSON is in `text` alone. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<unknown>>;
  /** Any request. */
  send(path: string, init: RequestInit): Promise<Answer<unknown>>;
}

export function createClient(url: string): Client {
  const send = async (path: string, init: RequestInit): Promise<Answer<unknown>> => {
    const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return {
    url,
    send,
    get: (path, headers = {}) => send(path, { headers }),
    query: async <D>(document: string, variables?: object, headers: Readonly<Record<string, string>> = {}) => {
      const body = JSON.stringify({ query: document, variables });
      const answer = await send('/graphql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body,
      });
      return { ...answer, body: answer.body as GraphqlAnswer<D> };
    },
  };
}

/** Private */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
