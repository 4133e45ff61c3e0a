import { DECIMAL, type NumberShape, type RecordShape, type Shape } from './wire-shape.js';

/** What a reader answers when the value is not what its shape says. */
export const REFUSED = Symbol('refused');
export type Refused = typeof REFUSED;

/** Turns what JSON.parse gave into the value it means, or refuses it; it never says why. */
export type Reader<T> = (wire: unknown) => T | Refused;

/**
 * The fast guard of a shape: hand-written, because zod checks a fifth as many events a second.
 *
 * It accepts exactly what the schema of `wire-explain.ts` accepts.
 */
export function reader<T>(shape: Shape<T>): Reader<T> {
  // Sound: `read` builds, part by part, the value that the shape was declared to mean.
  return read(shape) as Reader<T>;
}

function read(shape: Shape<unknown>): Reader<unknown> {
  switch (shape.type) {
    case 'number':
      return readNumber(shape);
    case 'integer': {
      const { lowest, highest } = shape;
      return (wire) =>
        typeof wire === 'number' && Number.isSafeInteger(wire) && wire >= lowest && wire <= highest
          ? wire
          : REFUSED;
    }
    case 'word': {
      const words = new Set(shape.words);
      return (wire) => (typeof wire === 'string' && words.has(wire) ? wire : REFUSED);
    }
    case 'text':
      return (wire) => (typeof wire === 'string' ? wire : REFUSED);
    case 'flag':
      return (wire) => (typeof wire === 'boolean' ? wire : REFUSED);
    case 'or-null': {
      const of = read(shape.of);
      return (wire) => (wire === null ? null : of(wire));
    }
    case 'list':
      return readList(read(shape.of), shape.atLeast);
    case 'record':
      return readRecord(shape);
    case 'kinds':
      return readKinds(shape.of);
    case 'any-of':
      return readAnyOf(shape.of.map(readRecord));
  }
}

function readNumber({ lowest, highest }: NumberShape): Reader<bigint> {
  return (wire) => {
    if (typeof wire === 'string' ? !DECIMAL.test(wire) : !Number.isSafeInteger(wire)) {
      return REFUSED;
    }
    // Sound: a decimal string or a safe integer, by the line above.
    const value = BigInt(wire as string | number);
    return value >= lowest && value <= highest ? value : REFUSED;
  };
}

function readList(of: Reader<unknown>, atLeast: number): Reader<readonly unknown[]> {
  return (wire) => {
    if (!Array.isArray(wire) || wire.length < atLeast) return REFUSED;
    const values: unknown[] = [];
    for (const each of wire) {
      const value = of(each);
      if (value === REFUSED) return REFUSED;
      values.push(value);
    }
    return values;
  };
}

function readRecord(shape: RecordShape<unknown>): Reader<unknown> {
  const names = Object.keys(shape.fields);
  const readers = Object.values(shape.fields).map(read);
  const optional = names.map((name) => shape.optional.includes(name));
  return (wire) => {
    if (!isObject(wire)) return REFUSED;
    const value: Record<string, unknown> = {};
    let found = 0;
    for (let at = 0; at < names.length; at++) {
      const name = names[at] ?? '';
      if (!Object.hasOwn(wire, name)) {
        if (optional[at] === true) continue;
        return REFUSED;
      }
      const part = readers[at]?.(wire[name]);
      if (part === REFUSED) return REFUSED;
      value[name] = part;
      found++;
    }
    // A field too many is a misspelt one or one of another version: nothing is dropped in silence.
    if (Object.keys(wire).length !== found) return REFUSED;
    return shape.rule?.(value) === undefined ? value : REFUSED;
  };
}

function readKinds(of: { readonly [kind: string]: RecordShape<unknown> }): Reader<unknown> {
  const byKind = new Map(Object.entries(of).map(([kind, shape]) => [kind, readRecord(shape)]));
  return (wire) => {
    if (!isObject(wire) || typeof wire.kind !== 'string') return REFUSED;
    return byKind.get(wire.kind)?.(wire) ?? REFUSED;
  };
}

function readAnyOf(readers: readonly Reader<unknown>[]): Reader<unknown> {
  return (wire) => {
    for (const each of readers) {
      const value = each(wire);
      if (value !== REFUSED) return value;
    }
    return REFUSED;
  };
}

/** An object of JSON, with the two fields that files and unions are told apart by. */
interface JsonObject {
  readonly kind?: unknown;
  readonly format?: unknown;
  readonly [name: string]: unknown;
}

export function isObject(wire: unknown): wire is JsonObject {
  return typeof wire === 'object' && wire !== null && !Array.isArray(wire);
}
