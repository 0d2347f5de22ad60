import { Decimal } from 'decimal.js';
import { UnstorableError } from './unstorable-error.js';

/** A value in terms of what every form of writing says exactly: null, booleans, finite numbers, strings, arrays, and objects. */
export interface PlainValue {
  readonly value: unknown;
  /** Something in it is written as `{ $date: … }` or its like: {@link fromPlain} must look through it. */
  readonly escaped: boolean;
  /** Its values and the characters of its strings: no way of writing it takes fewer bytes. */
  readonly leastBytes: number;
}

/** Deeper than any answer of GraphQL; a value that contains itself ends here too. */
const MAX_DEPTH = 200;

/**
 * Says a value in plain terms, or throws an {@link UnstorableError}: it never changes one silently. What is plain already is handed
 * back itself, not copied. Taken for data are elements and enumerable members; other things that hang on an array, a Date or a
 * Map are not looked for. A value that cannot be written in `maxBytes` is refused before anything of that length is made.
 */
export function toPlain(value: unknown, maxBytes: number): PlainValue {
  const writer = new PlainWriter(maxBytes);
  const plain = writer.write(value);
  return { value: plain, escaped: writer.escaped, leastBytes: writer.leastBytes };
}

/** The value that {@link toPlain} said; changes what it is given. Throws where that is nothing toPlain says. */
export function fromPlain(plain: unknown): unknown {
  if (isArray(plain)) {
    for (let i = 0; i < plain.length; i += 1) plain[i] = fromPlain(plain[i]);
    return plain;
  }
  if (!isObject(plain)) return plain;
  for (const name of Object.keys(plain)) {
    // An object with such a name is an escape and has no other: those that came with one are written as `$object`.
    if (name.startsWith('$')) return unescape(name, fromPlain(plain[name]));
    plain[name] = fromPlain(plain[name]);
  }
  return plain;
}

/** Private: one value's way down, with what is known of it so far. */
class PlainWriter {
  escaped = false;
  leastBytes = 0;
  readonly #maxBytes: number;
  readonly #path: (string | number)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(value: unknown): unknown {
    this.#count(1);
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return value;
      case 'undefined':
        return this.#escape('$undefined', null);
      case 'bigint':
        return this.#escape('$bigint', value.toString());
      case 'object':
        return value === null ? null : this.#object(value);
      case 'function':
      case 'symbol':
        return this.#refuse(`a ${typeof value}`);
    }
  }

  #string(value: string): unknown {
    this.#count(value.length);
    // UTF-8 cannot say half a surrogate pair.
    return LONE_SURROGATE.test(value)
      ? this.#escape('$utf16', Buffer.from(value, 'utf16le').toString('base64'))
      : value;
  }

  #number(value: number): unknown {
    if (value === 0) return Object.is(value, -0) ? this.#escape('$number', '-0') : value;
    return Number.isFinite(value) ? value : this.#escape('$number', String(value));
  }

  #object(value: object): unknown {
    if (this.#path.length >= MAX_DEPTH) {
      throw new UnstorableError(
        `A stored value is at most ${MAX_DEPTH} levels deep, but got more at ${this.#where()}.`,
      );
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#members(value as Members);
    if (prototype === Array.prototype) return this.#elements(value as readonly unknown[]);
    return this.#instance(value, prototype);
  }

  /** Every element, and undefined for one that is missing. Copies from the first that changes. */
  #elements(values: readonly unknown[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    for (let i = 0; i < values.length; i += 1) {
      const plain = this.#at(i, values[i]);
      if (copy === undefined && plain !== values[i]) copy = values.slice(0, i);
      copy?.push(plain);
    }
    return copy ?? values;
  }

  /** Every member. Copies from the first that changes. */
  #members(object: Members): unknown {
    if (Object.getOwnPropertySymbols(object).length > 0) this.#refuse('a member named by a symbol');
    const names = Object.keys(object);
    for (const name of names) {
      if (AWKWARD_NAME.test(name)) return this.#escape('$object', this.#entries(Object.entries(object)));
    }
    let copy: Record<string, unknown> | undefined;
    for (const name of names) {
      const plain = this.#at(name, object[name]);
      if (copy === undefined && plain !== object[name]) copy = { ...object };
      if (copy !== undefined) copy[name] = plain;
    }
    return copy ?? object;
  }

  #instance(value: object, prototype: unknown): unknown {
    if (prototype === null) return this.#escape('$dictionary', this.#entries(Object.entries(value)));
    if (value instanceof Date && prototype === Date.prototype) {
      return this.#escape('$date', Number.isNaN(value.getTime()) ? null : value.getTime());
    }
    if (value instanceof Map && prototype === Map.prototype) return this.#escape('$map', this.#entries(value));
    if (value instanceof Set && prototype === Set.prototype) return this.#escape('$set', this.#elements([...value]));
    if (value instanceof Uint8Array) return this.#bytes(value, prototype);
    // Clones of the class share its prototype, but round by their own rules.
    if (value instanceof Decimal && value.constructor === Decimal) return this.#escape('$decimal', value.valueOf());
    return this.#refuse(`an instance of ${nameOfClass(value)}`);
  }

  #bytes(value: Uint8Array, prototype: unknown): unknown {
    const isBuffer = prototype === Buffer.prototype;
    if (!isBuffer && prototype !== Uint8Array.prototype) return this.#refuse(`an instance of ${nameOfClass(value)}`);
    this.#count(value.length);
    const base64 = Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
    return this.#escape(isBuffer ? '$buffer' : '$bytes', base64);
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>): readonly unknown[] {
    return this.#elements(Array.from(entries, ([name, value]) => [name, value]));
  }

  #at(step: string | number, value: unknown): unknown {
    this.#path.push(step);
    const plain = this.write(value);
    this.#path.pop();
    return plain;
  }

  #escape(name: EscapeName, content: unknown): unknown {
    this.escaped = true;
    return { [name]: content };
  }

  #refuse(what: string): never {
    throw new UnstorableError(`${STORABLE}, but got ${what} at ${this.#where()}.`);
  }

  #count(bytes: number): void {
    this.leastBytes += bytes;
    if (this.leastBytes > this.#maxBytes) {
      throw new UnstorableError(
        `A stored value takes at most ${this.#maxBytes} bytes, but got more, up to ${this.#where()}.`,
      );
    }
  }

  /** `value.pairs[3].at`, as long as a line of a log can bear. */
  #where(): string {
    const steps = this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
    const where = `value${steps.join('')}`;
    return where.length > 100 ? `${where.slice(0, 100)}…` : where;
  }
}

type Members = Readonly<Record<string, unknown>>;

const STORABLE =
  'A stored value is made of plain objects, arrays, primitives, Date, Decimal, Map, Set, Buffer and Uint8Array';

/** Private: matches only where the half has no other half beside it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Private: names that say an escape, that msgpackr takes for its own or drops, or that UTF-8 may not say. */
const AWKWARD_NAME = /^(?:\$|__proto__$|__keys__$|constructor$)|[\ud800-\udfff]/;

/** Private */
function nameOfClass(value: object): string {
  return typeof value.constructor === 'function' && value.constructor.name !== ''
    ? value.constructor.name
    : 'no named class';
}

type EscapeName =
  | '$undefined'
  | '$number'
  | '$bigint'
  | '$utf16'
  | '$date'
  | '$decimal'
  | '$buffer'
  | '$bytes'
  | '$map'
  | '$set'
  | '$object'
  | '$dictionary';

/** Private: what `{ [name]: content }` stands for. */
function unescape(name: string, content: unknown): unknown {
  switch (name as EscapeName) {
    case '$undefined':
      return undefined;
    case '$number':
      return asNumber(content);
    case '$bigint':
      return BigInt(asText(content));
    case '$utf16':
      return Buffer.from(asText(content), 'base64').toString('utf16le');
    case '$date':
      return asDate(content);
    case '$decimal':
      return new Decimal(asText(content));
    case '$buffer':
      return Buffer.from(asText(content), 'base64');
    case '$bytes':
      return Uint8Array.from(Buffer.from(asText(content), 'base64'));
    case '$map':
      return new Map(asEntries(content));
    case '$set':
      return new Set(asArray(content));
    case '$object':
      return Object.fromEntries(asEntries(content));
    case '$dictionary':
      return Object.assign(Object.create(null), Object.fromEntries(asEntries(content)));
    default:
      throw new SyntaxError(`There is no escape ${name}.`);
  }
}

/** Private: those that JSON has not, and no others. */
function asNumber(content: unknown): number {
  const number = Number(asText(content));
  if (String(number) === content || (content === '-0' && number === 0)) return number;
  throw new SyntaxError(`An escape holds a number here, but got: ${String(content)}.`);
}

/** Private: null for the invalid one. */
function asDate(content: unknown): Date {
  if (content === null || typeof content === 'number') return new Date(content ?? NaN);
  throw new SyntaxError(`An escape holds a time here, but got: ${typeof content}.`);
}

/** Private */
function asText(content: unknown): string {
  if (typeof content !== 'string') throw new SyntaxError(`An escape holds text here, but got: ${typeof content}.`);
  return content;
}

/** Private */
function asArray(content: unknown): readonly unknown[] {
  if (!isArray(content)) throw new SyntaxError(`An escape holds an array here, but got: ${typeof content}.`);
  return content;
}

/** Private: names are strings where `fromEntries` makes an object of them, and anything in a Map. */
function asEntries(content: unknown): readonly [string, unknown][] {
  return asArray(content).map((entry) => {
    const [name, value] = asArray(entry);
    return [name as string, value];
  });
}

/** Private */
function isArray(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

/** Private */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
