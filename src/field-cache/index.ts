export { fieldCachePlugin, fieldPolicyOf, isForced } from './plugin.js';
export { invalidate } from './invalidate.js';
export { CacheTrace } from './cache-trace.js';
export type { TracedField } from './cache-trace.js';
export type { FieldCacheContext } from './field-cache-context.js';
export { cacheControlDirective, cacheTagDirective } from './directives.js';
export { takeFrom } from './trace-field.js';
