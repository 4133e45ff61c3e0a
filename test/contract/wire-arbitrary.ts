import fc from 'fast-check';
import { type Shape, U64 } from '../../src/contract/wire-shape.js';

/** A value of a shape; rules between its fields are not kept, so the caller mends what they ask. */
export function arbitraryOf(shape: Shape<unknown>): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'number':
      return fc.bigInt({ min: shape.lowest, max: shape.highest });
    case 'integer':
      // Ids stay small: a machine has few hosts.
      return fc.oneof(
        fc.integer({ min: shape.lowest, max: Math.min(shape.highest, shape.lowest + 1) }),
        fc.constant(shape.lowest === 0 ? 0 : shape.highest),
      );
    case 'word':
      return fc.constantFrom(...shape.words);
    case 'text':
      return fc.string();
    case 'flag':
      return fc.boolean();
    case 'or-null':
      return fc.option(arbitraryOf(shape.of));
    case 'list':
      return fc.array(arbitraryOf(shape.of), { minLength: shape.atLeast, maxLength: 3 });
    case 'record':
      return recordOf(shape.fields, shape.optional);
    case 'kinds':
      return fc.oneof(...Object.values(shape.of).map((each) => arbitraryOf(each)));
    case 'any-of':
      return fc.oneof(...shape.of.map((each) => arbitraryOf(each)));
  }
}

function recordOf(
  fields: { readonly [name: string]: Shape<unknown> },
  optional: readonly string[],
): fc.Arbitrary<unknown> {
  const parts = Object.fromEntries(
    Object.entries(fields).map(([name, of]) => [name, arbitraryOf(of)]),
  );
  const requiredKeys = Object.keys(fields).filter((name) => !optional.includes(name));
  return fc.record(parts, { requiredKeys, noNullPrototype: true });
}

/** What a broken subject may write where something else belongs. */
const JUNK: readonly unknown[] = [
  null,
  true,
  '',
  ' 1',
  '1 ',
  '007',
  '-0',
  '+1',
  '1e3',
  '0x10',
  '1.0',
  '9'.repeat(29),
  '9'.repeat(30),
  `-${'9'.repeat(29)}`,
  -0,
  -1,
  0,
  1.5,
  2 ** 53,
  2 ** 53 - 1,
  -(2 ** 53),
  1e300,
  [],
  [0],
  {},
  { vm: 0, vcpu: 0, task: 'vmm' },
  'clock-read',
  'CLOCK_MONOTONIC',
  '18446744073709551615',
  '18446744073709551616',
];

/** One change of one part of a JSON value. */
export interface Mutation {
  /** Which part: modulo their number. */
  readonly at: number;
  readonly change: 'replace' | 'remove' | 'add' | 'number';
  readonly junk: unknown;
}

export const MUTATION: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  change: fc.constantFrom('replace', 'remove', 'add', 'number'),
  junk: fc.oneof(
    fc.constantFrom(...JUNK),
    fc.jsonValue({ maxDepth: 1 }),
    arbitraryOf(U64).map(String),
  ),
});

/** A copy of `wire` in which one part is something else. */
export function mutated(wire: unknown, { at, change, junk }: Mutation): unknown {
  const copy: unknown = structuredClone(wire);
  const parts: { readonly parent: object; readonly key: string }[] = [];
  collect(copy, parts);
  const part = parts[at % Math.max(parts.length, 1)];
  if (part === undefined) return junk;
  const { parent, key } = part;
  if (change === 'replace') Reflect.set(parent, key, junk);
  else if (change === 'number') Reflect.set(parent, key, Number(Reflect.get(parent, key)) || 0);
  else if (change === 'add' && !Array.isArray(parent)) Reflect.set(parent, 'more', junk);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
  return copy;
}

function collect(value: unknown, parts: { readonly parent: object; readonly key: string }[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    parts.push({ parent: value, key });
    collect(Reflect.get(value, key), parts);
  }
}
