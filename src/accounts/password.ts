import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's N is 2^logCost: with r = 8 a hash takes 32 MiB and some 100 ms, on Node's thread pool. */
const LOG_COST = 15;
const BLOCK_SIZE = 8;
const PARALLEL = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** A hash that no password has, of the same cost as a real one: for comparing where there is no account. */
export const decoyPasswordHash = format({
  logCost: LOG_COST,
  blockSize: BLOCK_SIZE,
  parallel: PARALLEL,
  salt: Buffer.alloc(SALT_BYTES),
  key: Buffer.alloc(KEY_BYTES),
});

/** `$scrypt$ln=15,r=8,p=1$SALT$KEY` with a salt of its own: parameters may rise later, old hashes keep theirs. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const parameters = { logCost: LOG_COST, blockSize: BLOCK_SIZE, parallel: PARALLEL, salt };
  return format({ ...parameters, key: await deriveKey(password, parameters, KEY_BYTES) });
}

/** Whether `hash` was made of `password`; takes the same time for either answer. */
export async function matchesPassword(password: string, hash: string): Promise<boolean> {
  const { key, ...parameters } = parse(hash);
  return timingSafeEqual(await deriveKey(password, parameters, key.length), key);
}

/** Private */
interface Parameters {
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallel: number;
  readonly salt: Buffer;
}

/** Private: the password in one Unicode form (RFC 8265 asks for NFC), since keyboards differ in how they compose an é. */
function deriveKey(
  password: string,
  { logCost, blockSize, parallel, salt }: Parameters,
  bytes: number,
): Promise<Buffer> {
  const N = 2 ** logCost;
  const options = { N, r: blockSize, p: parallel, maxmem: 2 * 128 * N * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** Private */
function format({ logCost, blockSize, parallel, salt, key }: Parameters & { readonly key: Buffer }): string {
  const texts = [salt, key].map((bytes) => bytes.toString('base64url'));
  return `$scrypt$ln=${logCost},r=${blockSize},p=${parallel}$${texts.join('$')}`;
}

/** Private */
function parse(hash: string): Parameters & { readonly key: Buffer } {
  const match = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash);
  if (!match) throw new Error('A stored password is $scrypt$ln=…,r=…,p=…$SALT$KEY, but this one is not.');
  const [, logCost, blockSize, parallel, salt = '', key = ''] = match;
  return {
    logCost: Number(logCost),
    blockSize: Number(blockSize),
    parallel: Number(parallel),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
}
