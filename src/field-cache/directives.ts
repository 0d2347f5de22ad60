import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

const CacheControlScope = new GraphQLEnumType({ name: 'CacheControlScope', values: { PUBLIC: {}, PRIVATE: {} } });

/** How long a field's value is served, in seconds, and to whom. */
export const cacheControlDirective = new GraphQLDirective({
  name: 'cacheControl',
  description: 'How the value is cached. maxAge and staleWhileRevalidate are in seconds.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    maxAge: { type: GraphQLInt },
    staleWhileRevalidate: { type: GraphQLInt },
    scope: { type: CacheControlScope },
  },
});

/** A tag that ends a field's value when it, or a prefix of it, is invalidated. */
export const cacheTagDirective = new GraphQLDirective({
  name: 'cacheTag',
  description: 'A tag of the value: clearing it, or a prefix of it, ends the value at once.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  isRepeatable: true,
  args: { format: { type: new GraphQLNonNull(GraphQLString) } },
});
