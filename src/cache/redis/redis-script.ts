import { createHash } from 'node:crypto';

/** A Lua script with the hash by which a server that has seen it knows it. */
export interface RedisScript {
  readonly text: string;
  /** SHA-1 of the text, in hex. */
  readonly sha: string;
}

export function createRedisScript(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
