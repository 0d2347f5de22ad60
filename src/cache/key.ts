import { hash } from '../support/hash.js';
import { stableStringify } from '../support/stable-stringify.js';
import { CODEC_VERSION } from './codec.js';
import type { CachePolicy } from './policy.js';

/** The arguments that tell one value of a policy from another. `$parent` holds what is taken from the parent. */
export type KeyArguments = Readonly<Record<string, unknown>>;

/**
 * Where an entry stands: `NAMESPACE:NAME:FINGERPRINT:HASH`. The fingerprint is of the policy and the codec, so that after a deploy
 * a changed policy misses and an unchanged one keeps its hits. Arguments only ever enter hashed.
 */
export function entryKey(
  policy: CachePolicy,
  namespace: string,
  args: KeyArguments,
  viewer: string | undefined,
): string {
  const identity = stableStringify(policy.scope === 'PRIVATE' ? { args, viewer } : { args });
  return `${namespace}:${policy.name}:${fingerprint(policy)}:${hash(identity)}`;
}

/** Private: what is declared in data; what a policy's functions do is told by its version. A shadow looks at what the others keep. */
function fingerprint(policy: CachePolicy): string {
  let known = fingerprints.get(policy);
  if (known === undefined) {
    const { until: _until, resultTags: _resultTags, shadow: _shadow, ...declared } = policy;
    known = hash(stableStringify({ ...declared, codec: CODEC_VERSION }), 8);
    fingerprints.set(policy, known);
  }
  return known;
}
const fingerprints = new WeakMap<CachePolicy, string>();
