/**
 * What a value looks like on the wire, as data.
 *
 * One shape drives the fast guard (`wire-read.ts`), the zod schema that explains a refusal
 * (`wire-explain.ts`), the writer (`wire-write.ts`) and the tables of `docs/protocol.md`.
 */
export type Shape<T> = { readonly means?: T } & (
  | NumberShape
  | IntegerShape
  | WordShape
  | { readonly type: 'text' }
  | { readonly type: 'flag' }
  | { readonly type: 'or-null'; readonly of: Shape<unknown> }
  | ListShape
  | RecordShape<T>
  | KindsShape
  | { readonly type: 'any-of'; readonly of: readonly RecordShape<unknown>[] }
);

/** A bigint in the program, a decimal string or a safe JSON integer on the wire; closed range. */
export interface NumberShape {
  readonly type: 'number';
  readonly lowest: bigint;
  readonly highest: bigint;
}

/** A small number: an id, a count, a flag word. A JSON integer in a closed range. */
export interface IntegerShape {
  readonly type: 'integer';
  readonly lowest: number;
  readonly highest: number;
}

export interface WordShape {
  readonly type: 'word';
  readonly words: readonly string[];
}

export interface ListShape {
  readonly type: 'list';
  readonly of: Shape<unknown>;
  readonly atLeast: number;
}

export interface RecordShape<T> {
  readonly type: 'record';
  /** In the order in which they are written. */
  readonly fields: { readonly [name: string]: Shape<unknown> };
  /** The fields that may be left out. */
  readonly optional: readonly string[];
  /** What the fields owe each other, asked once each of them is as it should be. */
  rule?(value: T): Complaint | undefined;
}

/** Records told apart by their `kind`. */
export interface KindsShape {
  readonly type: 'kinds';
  readonly of: { readonly [kind: string]: RecordShape<unknown> };
}

/** What is wrong with a value that is well formed: where, and why it cannot be. */
export interface Complaint {
  readonly path: readonly (string | number)[];
  /** Continues `"path" is VALUE: `. */
  readonly because: string;
}

/** A shape for every field of T, so that a field added to the contract does not compile without one. */
export type Fields<T> = { readonly [P in keyof T]-?: Shape<Exclude<T[P], undefined>> };

/** The keys of T that may be left out. */
type OptionalKeys<T> = {
  [P in keyof T]-?: Partial<Pick<T, P>> extends Pick<T, P> ? P : never;
}[keyof T] &
  string;

export function record<T>(
  fields: Fields<T>,
  optional: readonly OptionalKeys<T>[] = [],
  rule?: (value: T) => Complaint | undefined,
): RecordShape<T> {
  const shape: RecordShape<T> = { type: 'record', fields, optional };
  return rule === undefined ? shape : { ...shape, rule };
}

export function list<T>(of: Shape<T>, atLeast = 0): Shape<readonly T[]> {
  return { type: 'list', of, atLeast };
}

export function orNull<T>(of: Shape<T>): Shape<T | null> {
  return { type: 'or-null', of };
}

export function word<const W extends string>(...words: readonly W[]): Shape<W> {
  return { type: 'word', words };
}

export function number(lowest: bigint, highest: bigint): Shape<bigint> {
  return { type: 'number', lowest, highest };
}

export function integer(lowest: number, highest: number): Shape<number> {
  return { type: 'integer', lowest, highest };
}

export const TEXT: Shape<string> = { type: 'text' };
export const FLAG: Shape<boolean> = { type: 'flag' };

/** What the wire accepts as a bigint, before its range: no sign on 0, no leading zeros. */
export const DECIMAL = /^(?:0|-?[1-9][0-9]{0,28})$/;

/** The widest range: 29 digits, past whatever an overflow of 64 bits can make. */
const WIDEST = 10n ** 29n - 1n;
export const ANY_NUMBER = number(-WIDEST, WIDEST);
export const U64 = number(0n, 2n ** 64n - 1n);
export const S64 = number(-(2n ** 63n), 2n ** 63n - 1n);

/** What `shape` accepts, in words that continue "expected". */
export function accepts(shape: Shape<unknown>): string {
  switch (shape.type) {
    case 'number':
      return `${inWords(shape)}, as a decimal string (or a JSON integer up to 2^53 - 1)`;
    case 'integer':
      return integerInWords(shape);
    case 'word':
      return shape.words.map((each) => JSON.stringify(each)).join(', ');
    case 'text':
      return 'a string';
    case 'flag':
      return 'true or false';
    case 'or-null':
      return `null or ${accepts(shape.of)}`;
    case 'list':
      return shape.atLeast === 0 ? 'a list' : `a list of at least ${shape.atLeast}`;
    case 'record':
      return `an object { ${fieldNames(shape)} }`;
    case 'kinds':
      return 'an object with a "kind"';
    case 'any-of':
      return shape.of.map((each) => `{ ${fieldNames(each)} }`).join(' or ');
  }
}

function fieldNames(shape: RecordShape<unknown>): string {
  return Object.keys(shape.fields)
    .map((name) => (shape.optional.includes(name) ? `${name}?` : name))
    .join(', ');
}

/** The range of a number, with powers of two and ten written as such. */
export function inWords({ lowest, highest }: Omit<NumberShape, 'type'>): string {
  if (highest === WIDEST) return 'a whole number of at most 29 digits';
  return `a whole number from ${power(lowest)} to ${power(highest)}`;
}

function integerInWords({ lowest, highest }: IntegerShape): string {
  if (highest === Number.MAX_SAFE_INTEGER) return `a JSON integer, ${lowest} or more`;
  return lowest === highest
    ? `${lowest}`
    : `a JSON integer from ${power(BigInt(lowest))} to ${power(BigInt(highest))}`;
}

/** A number as people write it: `2^63 - 1`. */
export function power(value: bigint): string {
  for (const bits of [31n, 32n, 63n, 64n]) {
    if (value === 2n ** bits - 1n) return `2^${bits} - 1`;
    if (value === -(2n ** bits)) return `-2^${bits}`;
  }
  return `${value}`;
}
