import type { Shape } from './wire-shape.js';

/** What JSON.stringify takes as it is. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json };

/**
 * Any value as JSON text: a bigint becomes a decimal string, keys keep the order they were written in.
 *
 * @param indent spaces a level; left out: one line.
 */
export function jsonOf(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each),
    indent,
  );
}

/** The wire form of a value, its keys in the order of its shape: equal values give equal bytes. */
export function write<T>(shape: Shape<T>, value: T): Json {
  return writePart(shape, value);
}

function writePart(shape: Shape<unknown>, value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  // Sound: the other leaves are JSON already, and only null stands for nothing.
  if (typeof value !== 'object' || value === null) return value as Json;
  // Sound: an object that is not a list has string keys.
  const parts = value as { readonly kind?: unknown; readonly [name: string]: unknown };
  switch (shape.type) {
    case 'or-null':
      return writePart(shape.of, value);
    case 'list': {
      const of = shape.of;
      return Array.isArray(value)
        ? value.map((each: unknown) => writePart(of, each))
        : asItIs(value);
    }
    case 'kinds': {
      const record = shape.of[String(parts.kind)];
      return record === undefined ? asItIs(value) : writePart(record, value);
    }
    case 'any-of': {
      const record = shape.of.find((each) =>
        Object.keys(each.fields).every((name) => name in parts),
      );
      return record === undefined ? asItIs(value) : writePart(record, value);
    }
    case 'record': {
      const written: Record<string, Json> = {};
      for (const [name, of] of Object.entries(shape.fields)) {
        if (parts[name] !== undefined) written[name] = writePart(of, parts[name]);
      }
      return written;
    }
    default:
      return asItIs(value);
  }
}

/** A value that its shape does not foresee is written in full: the reader will say what is wrong. */
function asItIs(value: unknown): Json {
  return JSON.parse(jsonOf(value));
}
