import { tagReferences, type CachePolicy, type PolicyOptions } from '../cache/index.js';

/** A policy declared beside its field; its name is the field's coordinate. */
export type InlinePolicy = Omit<PolicyOptions<never>, 'name'> & {
  /** What is taken from the parent into the key: needed on every field that is not of a root type. */
  readonly parent?: readonly string[];
};

/** A loader's policy on a field whose arguments are called otherwise: `{ symbol: '$parent.symbol' }`. */
export interface RenamedPolicy {
  readonly policy: PolicyOptions<never>;
  readonly names: Readonly<Record<string, `$${'args' | 'parent'}.${string}`>>;
}

/** The policy with its templates over what the field has. */
export function renamePolicy({ policy, names }: RenamedPolicy): PolicyOptions<never> {
  const rename = (template: string) =>
    template.replace(/\{\$args\.(\w+)\}/g, (whole, name: string) => (names[name] ? `{${names[name]}}` : whole));
  return { ...policy, tags: policy.tags.map(rename) };
}

/** Of what a policy's templates are filled. */
export interface FieldShape {
  readonly coordinate: string;
  readonly isRoot: boolean;
  readonly argumentNames: readonly string[];
}

/** Refuses, when the schema is built, a policy that could not work. */
export function assertFieldPolicy(policy: CachePolicy, parentKeys: readonly string[], field: FieldShape): void {
  const fail = (rule: string, received: string): never => {
    throw new TypeError(`The cache policy of ${field.coordinate}: ${rule}, but got ${received}.`);
  };
  if (!field.isRoot && parentKeys.length === 0) {
    fail('names what of its parent is part of the key (parent: [...])', 'nothing');
  }
  for (const template of policy.tags) {
    if (template.split('{').length - 1 !== tagReferences(template).length) {
      fail('braces in a tag hold $args.NAME, $parent.NAME or $viewer', template);
    }
    for (const { source, name } of tagReferences(template)) {
      if (source === 'args' && !field.argumentNames.includes(name ?? '')) {
        fail(
          `a tag takes values from arguments that the field has (${field.argumentNames.join(', ') || 'none'})`,
          template,
        );
      }
      if (source === 'parent' && !parentKeys.includes(name ?? ''))
        fail('a tag takes from its parent what the key does', template);
      if (source === 'viewer' && policy.scope !== 'PRIVATE')
        fail('a tag names the viewer only where the scope is PRIVATE', template);
    }
  }
  if (policy.scope === 'PRIVATE' && !policy.tags.some((tag) => tag.includes('{$viewer}'))) {
    fail('a PRIVATE policy has a tag of its viewer, {$viewer}', policy.tags.join(', ') || 'no tag');
  }
}

/** The directives that tell a policy in schema.graphql, by the names that Apollo's tools read. */
export function policyDirectives(policy: CachePolicy): Record<string, unknown> {
  return {
    cacheControl: {
      maxAge: Math.round(policy.ttlMs / 1_000),
      ...(policy.staleForMs > 0 ? { staleWhileRevalidate: Math.round(policy.staleForMs / 1_000) } : {}),
      scope: policy.scope,
    },
    cacheTag: policy.tags.map((format) => ({ format })),
  };
}
