// Merged declarations repeat the type parameters of Pothos' own, by name, whether they use them or not.
/* eslint-disable @typescript-eslint/no-unused-vars */
import type {
  FieldNullability,
  InputFieldMap,
  InputShapeFromFields,
  SchemaTypes,
  ShapeFromTypeParam,
  TypeParam,
} from '@pothos/core';
import type { PolicyOptions, TtlOverrides } from '../cache/index.js';
import type { InlinePolicy, RenamedPolicy } from './field-policy.js';
import type { FieldCachePlugin } from './plugin.js';

declare global {
  // Pothos extends its types by declaration merging into this namespace.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      fieldCache: FieldCachePlugin<Types>;
    }

    export interface BuildSchemaOptions<Types extends SchemaTypes> {
      /** TTLs in ms by their names, so that the printed directives tell what is in force. */
      ttlOverrides?: TtlOverrides;
    }

    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /** Caches what the resolver answers; 'never' says that it fetches nothing worth keeping. */
      cache?: InlinePolicy | 'never';
      /** The policy under which the field's loader keeps the value, or the value of each of its items. */
      cachedBy?: PolicyOptions<never> | RenamedPolicy;
      /** Tags to raise once a mutation has succeeded, of what it changed elsewhere than in the database, whose writes say themselves what they end. */
      invalidates?: (
        result: ShapeFromTypeParam<Types, Type, Nullable>,
        args: InputShapeFromFields<Args>,
        context: Types['Context'],
      ) => readonly string[];
    }
  }
}
