import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

const CacheControlScope = new GraphQLEnumType({
  name: 'CacheControlScope',
  description: 'To whom a value is served.',
  values: {
    PUBLIC: { description: 'To everyone.' },
    PRIVATE: { description: 'To the viewer that it was computed for.' },
  },
});

/** How long a field's value is served, in seconds, and to whom. */
export const cacheControlDirective = new GraphQLDirective({
  name: 'cacheControl',
  description: 'How the value is cached.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    maxAge: { type: GraphQLInt, description: 'Seconds that it stays fresh, at the most.' },
    staleWhileRevalidate: {
      type: GraphQLInt,
      description: 'Seconds past maxAge that it is served stale, while it is computed anew.',
    },
    scope: { type: CacheControlScope, description: 'To whom it is served.' },
  },
});

/** A tag that ends a field's value when it, or a prefix of it, is invalidated. */
export const cacheTagDirective = new GraphQLDirective({
  name: 'cacheTag',
  description: 'A tag of the value: clearing it, or a prefix of it, ends the value at once.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  isRepeatable: true,
  args: {
    format: {
      type: new GraphQLNonNull(GraphQLString),
      description:
        "The tag, with {$args.NAME} for an argument's value, {$args.NAME.FIELD} for one within it, {$parent.NAME} for a field of the object around it and {$viewer} for the viewer's id. Of a list there is a tag for each item.",
    },
  },
});
