import type { Fleet, GatewayLife } from './fleet.js';
import type { GraphqlClient, GraphqlRequest } from './graphql-client.js';
import type { Operation } from './history.js';
import type { Random } from './random.js';

export interface WorkloadOptions {
  readonly clients: number;
  readonly fleet: Fleet;
  readonly client: GraphqlClient;
  readonly random: Random;
  readonly onOperation: (operation: Operation) => void;
  readonly signal: AbortSignal;
}

/** How often a client does what. */
const WEIGHTS = {
  register: 44,
  registers: 12,
  composite: 14,
  board: 8,
  lagging: 6,
  lasting: 4,
  mine: 8,
  writeRegister: 4,
  writeLagging: 0.7,
  writeLasting: 0.5,
  writeMine: 1,
  writeBoard: 0.05,
  refreshRegister: 1.2,
  refreshComposite: 0.5,
  refreshMine: 0.5,
};
type Action = keyof typeof WEIGHTS;

const REGISTERS = names('p', 24);
const LAGGING = names('s', 8);
const LASTING = names('l', 8);
const BOARD = names('b', 15);
const VIEWERS = names('v', 8);
/** Each shares registers with its neighbours. */
const COMPOSITES = names('', 6).map((_, i) => [0, 1, 2, 3, 4].map((j) => `p${(4 * i + 3 * j) % REGISTERS.length}`));
/** How often the writer of a value looks for it everywhere at once. */
const LOOK_AFTER_WRITE = 0.7;
/** How often it writes again meanwhile. */
const WRITE_AGAIN = 0.3;
const SPARED_MS = 8_000;

/** Clients that do one thing after the other until they are told to stop. */
export async function runWorkload(options: WorkloadOptions): Promise<void> {
  const { clients, random, signal } = options;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (!signal.aborted) await act(random.weighted<Action>(WEIGHTS), options);
    }),
  );
}

/**
 * Private: a writer then reads at every gateway what it wrote, where an old value would show first; sometimes it writes again while these
 * reads are still computed, and reads once more.
 */
async function act(action: Action, options: WorkloadOptions): Promise<void> {
  const { random, fleet } = options;
  const request = requestOf(action, random);
  await askAny(request, options);
  const read = readAfter(request);
  if (!read || random.next() > LOOK_AFTER_WRITE) return;
  const readEverywhere = () =>
    Promise.all(Array.from({ length: fleet.size }, (_, i) => ask(fleet.life(i), read, options)));
  const reads = readEverywhere();
  if (random.next() < WRITE_AGAIN) {
    await askAny(request, options);
    await readEverywhere();
  }
  await reads;
}

/**
 * Private: of the gateways one is spared all writes for a while, each in its turn: a write that fails gives up the lease, and would hide a
 * lease that does not end by itself.
 */
async function askAny(request: GraphqlRequest, options: WorkloadOptions): Promise<void> {
  const { random, fleet } = options;
  const spared = Math.floor(performance.now() / SPARED_MS) % fleet.size;
  const all = Array.from({ length: fleet.size }, (_, gateway) => gateway);
  const writers = fleet.size > 1 ? all.filter((gateway) => gateway !== spared) : all;
  await ask(fleet.life(random.pick(request.kind === 'write' ? writers : all)), request, options);
}

/** Private: a gateway that is down is passed over. */
async function ask(life: GatewayLife | undefined, request: GraphqlRequest, options: WorkloadOptions): Promise<void> {
  if (!life) return void (await new Promise((resolve) => setTimeout(resolve, 1)));
  options.onOperation(await options.client.ask(life, request));
}

/** Private */
function requestOf(action: Action, random: Random): GraphqlRequest {
  const register = REGISTERS[random.skewed(REGISTERS.length)];
  const viewer = random.pick(VIEWERS);
  switch (action) {
    case 'register':
      return { kind: 'read', field: 'register', document: READ_REGISTER, variables: { key: register } };
    case 'registers': {
      const [a, b, c, d, e] = random.shuffled(REGISTERS);
      return { kind: 'read', field: 'register', document: READ_REGISTERS, variables: { a, b, c, d, e } };
    }
    case 'composite':
      return {
        kind: 'read',
        field: 'composite',
        document: READ_COMPOSITE,
        variables: { keys: random.pick(COMPOSITES) },
      };
    case 'board':
      return { kind: 'read', field: 'board', document: READ_COMPOSITE, variables: { keys: BOARD } };
    case 'lagging':
      return { kind: 'read', field: 'lagging', document: READ_LAGGING, variables: { key: random.pick(LAGGING) } };
    case 'lasting':
      return { kind: 'read', field: 'lasting', document: READ_LASTING, variables: { key: random.pick(LASTING) } };
    case 'mine':
      return { kind: 'read', field: 'mine', document: READ_MINE, variables: {}, viewer };
    case 'writeRegister':
      return { kind: 'write', field: 'register', document: WRITE, variables: { key: `register:${register}` } };
    case 'writeLagging':
      return {
        kind: 'write',
        field: 'lagging',
        document: WRITE,
        variables: { key: `lagging:${random.pick(LAGGING)}` },
      };
    case 'writeLasting':
      return {
        kind: 'write',
        field: 'lasting',
        document: WRITE,
        variables: { key: `lasting:${random.pick(LASTING)}` },
      };
    case 'writeMine':
      return { kind: 'write', field: 'mine', document: WRITE, variables: { key: `mine:${viewer}` }, viewer };
    case 'writeBoard':
      return {
        kind: 'write',
        field: 'register',
        document: WRITE,
        variables: { key: `register:${random.pick(BOARD)}` },
      };
    case 'refreshRegister':
      return { kind: 'refresh', field: 'register', document: REFRESH_REGISTER, variables: { key: register } };
    case 'refreshComposite': {
      const keys = random.pick(COMPOSITES);
      return { kind: 'refresh', field: 'composite', document: REFRESH_COMPOSITE, variables: { keys } };
    }
    case 'refreshMine':
      return { kind: 'refresh', field: 'mine', document: REFRESH_MINE, variables: {}, viewer };
  }
}

/** Private: undefined where nothing was written. */
function readAfter({ kind, field, variables, viewer }: GraphqlRequest): GraphqlRequest | undefined {
  if (kind !== 'write') return undefined;
  const key = String(variables['key']).split(':')[1];
  const document = READ_AFTER[field];
  if (document === undefined) return undefined;
  return { kind: 'read', field, document, variables: field === 'mine' ? {} : { key }, viewer };
}

const REGISTER = '{ key version viewer }';
const READ_REGISTER = `query ($key: String!) { register(key: $key) ${REGISTER} }`;
const READ_REGISTERS = `query ($a: String!, $b: String!, $c: String!, $d: String!, $e: String!) {
  ${['a', 'b', 'c', 'd', 'e'].map((name) => `${name}: register(key: $${name}) ${REGISTER}`).join('\n  ')}
}`;
const READ_COMPOSITE = `query ($keys: [String!]!) { composite(keys: $keys) { registers ${REGISTER} } }`;
const READ_LAGGING = `query ($key: String!) { lagging(key: $key) ${REGISTER} }`;
const READ_LASTING = `query ($key: String!) { lasting(key: $key) ${REGISTER} }`;
const READ_MINE = `{ mine ${REGISTER} }`;
const REFRESH_REGISTER = `query ($key: String!) { register(key: $key, forceRefresh: true) ${REGISTER} }`;
const REFRESH_COMPOSITE = `query ($keys: [String!]!) { composite(keys: $keys, forceRefresh: true) { registers ${REGISTER} } }`;
const REFRESH_MINE = `{ mine(forceRefresh: true) ${REGISTER} }`;
const WRITE = `mutation ($key: String!) { write(key: $key) { key version after { key version } } }`;

/** Private: by the field that was written. */
const READ_AFTER: Partial<Record<Operation['field'], string>> = {
  register: READ_REGISTER,
  lagging: READ_LAGGING,
  lasting: READ_LASTING,
  mine: READ_MINE,
};

/** Private */
function names(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i}`);
}
