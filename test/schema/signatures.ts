import {
  astFromValue,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  print,
  type GraphQLArgument,
  type GraphQLDirective,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** A name of a schema, as a schema coordinate: `Query.analysis(symbol:)`. */
export interface Definition {
  readonly coordinate: string;
  /** What a client relies on: the type with its nullability, and the default. */
  readonly signature: string;
  readonly description: string | null | undefined;
  /** Of the type or field that it is part of. */
  readonly parent: string | undefined;
}

/** Every type, field, argument, input field, enum value and directive that a schema defines by itself. */
export function definitionsOf(schema: GraphQLSchema): Definition[] {
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  return [
    ...directives.flatMap(ofDirective),
    ...types.flatMap((type) => [
      { coordinate: type.name, signature: kindOf(type), description: type.description, parent: undefined },
      ...membersOf(type),
    ]),
  ];
}

/** Private */
function ofDirective({ name, args, locations, isRepeatable, description }: GraphQLDirective): Definition[] {
  const coordinate = `@${name}`;
  const signature = `${isRepeatable ? 'repeatable ' : ''}on ${locations.join(' | ')}`;
  return [
    { coordinate, signature, description, parent: undefined },
    ...args.map((arg) => toInput(`${coordinate}(${arg.name}:)`, arg, coordinate)),
  ];
}

/** Private */
function kindOf(type: GraphQLNamedType): string {
  if (isScalarType(type)) return 'scalar';
  if (isEnumType(type)) return 'enum';
  if (isInputObjectType(type)) return type.isOneOf ? 'input @oneOf' : 'input';
  if (isObjectType(type))
    return `type${type
      .getInterfaces()
      .map(({ name }) => ` implements ${name}`)
      .join('')}`;
  throw new TypeError(`Only scalars, enums, inputs and object types are known here, but got ${type.name}.`);
}

/** Private */
function membersOf(type: GraphQLNamedType): Definition[] {
  const parent = type.name;
  if (isEnumType(type)) {
    return type.getValues().map(({ name, description }) => ({
      coordinate: `${parent}.${name}`,
      signature: 'value',
      description,
      parent,
    }));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((field) => toInput(`${parent}.${field.name}`, field, parent));
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const coordinate = `${parent}.${field.name}`;
    const { description, args } = field;
    return [
      { coordinate, signature: String(field.type), description, parent },
      ...args.map((arg) => toInput(`${coordinate}(${arg.name}:)`, arg, coordinate)),
    ];
  });
}

/** Private */
function toInput(coordinate: string, input: GraphQLArgument | GraphQLInputField, parent: string): Definition {
  const { type, defaultValue, description } = input;
  const value = defaultValue === undefined ? null : astFromValue(defaultValue, type);
  return { coordinate, signature: value ? `${String(type)} = ${print(value)}` : String(type), description, parent };
}
