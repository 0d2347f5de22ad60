import { entryKey, type KeyArguments } from './key.js';
import type { Namespaces } from './namespaces.js';
import type { CachePolicy } from './policy.js';
import { fillTag } from './tag-template.js';
import { markFields, type TagStart } from './tide/tag.js';

/** Where a value of a policy stands, and what ends it, as far as that is known before it is computed. */
export interface Slot {
  readonly policy: CachePolicy;
  readonly args: KeyArguments;
  /** Undefined: it stands nowhere, and is computed for everyone who asks. */
  readonly key: string | undefined;
  readonly namespace: string;
  readonly tags: readonly string[];
  /** The mark fields of these tags. */
  readonly fields: readonly string[];
}

/** The slot of a value; nowhere without the namespace or the viewer that its policy needs. */
export function createSlot(
  policy: CachePolicy,
  args: KeyArguments,
  {
    viewer,
    namespaces,
    enabled,
  }: { readonly viewer: string | undefined; readonly namespaces: Namespaces; readonly enabled: boolean },
): Slot {
  const namespace = namespaces.get(policy.origin);
  if (!enabled || namespace === undefined || (policy.scope === 'PRIVATE' && viewer === undefined)) {
    return { policy, args, key: undefined, namespace: '', tags: [], fields: [] };
  }
  const key = entryKey(policy, namespace, args, viewer);
  const values = { args, parent: args['$parent'] as Readonly<Record<string, unknown>> | undefined, viewer };
  const fill = (template: string) => fillTag(template, values).map((tag) => `${namespace}:${tag}`);
  const tags = [identityTag({ namespace, key }), ...policy.tags.flatMap(fill)];
  const fields = [...new Set(tags.flatMap(markFields))];
  return { policy, args, key, namespace, tags, fields };
}

/** The tag of the value itself, raised by a forced refresh. No tag that people write begins with `=`. */
export function identityTag({ namespace, key }: Pick<Slot, 'namespace' | 'key'>): string {
  return `${namespace}:=${(key ?? '').slice(namespace.length + 1).replaceAll(':', '.')}`;
}

export function isIdentity(tag: string): boolean {
  return tag.startsWith('=', tag.indexOf(':') + 1);
}

/** Tags as people write them, without namespaces and identities. */
export function shownTags(tags: readonly TagStart[]): string[] {
  return tags.filter(({ tag }) => !isIdentity(tag)).map(({ tag }) => tag.slice(tag.indexOf(':') + 1));
}
