import type { Answer, GraphqlAnswer } from './client.js';

/** An event of a stream, as it stood there. A comment has the name of none. */
export interface StreamEvent {
  readonly name: string | undefined;
  readonly data: string;
}

/** An answer as text/event-stream, read event by event. */
export interface EventStream {
  readonly response: Response;
  /** Undefined once the stream has ended. */
  next(): Promise<StreamEvent | undefined>;
  /** Goes away. */
  abort(): void;
}

/** Asks for an event stream; the answer may be another one, by its content type. */
export async function openEventStream(url: string, init: RequestInit = {}): Promise<EventStream> {
  const controller = new AbortController();
  const headers = { Accept: 'text/event-stream', ...(init.headers as Record<string, string> | undefined) };
  const response = await fetch(url, { ...init, headers, signal: controller.signal });
  const blocks = readBlocks(response);
  return {
    response,
    abort: () => controller.abort(),
    next: async () => {
      const { value } = await blocks.next();
      return value === undefined ? undefined : parseEvent(value);
    },
  };
}

/** What an operation was answered: once, or, as a whole event stream, again and again. */
export function answersIn({ headers, text, body }: Answer<GraphqlAnswer>): GraphqlAnswer[] {
  if (!headers.get('content-type')?.startsWith('text/event-stream')) return [body];
  const events = text.split('\n\n').map(parseEvent);
  return events.filter(({ name }) => name === 'next').map(({ data }) => JSON.parse(data) as GraphqlAnswer);
}

/** Private: an empty line ends a block. */
async function* readBlocks({ body }: Response): AsyncGenerator<string, undefined> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    yield* blocks;
  }
  return undefined;
}

/** Private */
function parseEvent(block: string): StreamEvent {
  const lines = block.split('\n').map((line) => /^(\w*): ?(.*)$/.exec(line) ?? []);
  const value = (field: string) => lines.find(([, name]) => name === field)?.[2];
  return { name: value('event'), data: value('data') ?? '' };
}
