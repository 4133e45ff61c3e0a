import * as z from 'zod';
import { nearest, SubjectError } from './errors.js';
import { REFUSED, reader } from './wire-read.js';
import {
  accepts,
  type Complaint,
  DECIMAL,
  inWords,
  type NumberShape,
  type RecordShape,
  type Shape,
} from './wire-shape.js';
import { jsonOf } from './wire-write.js';

/** Where a value was read: a file or a command line, and the line in it, from 1. */
export interface Place {
  readonly source: string;
  readonly line?: number;
}

/** A heading of docs/protocol.md. */
export type Heading = 'Numbers' | 'Events' | 'Commands' | 'Machine' | 'Trace' | 'Counterexample';

/** What was to be read, in words, and the heading that describes it. */
export interface Subject {
  readonly what: string;
  readonly heading: Heading;
}

const SENTENCES = 3;
const EXCERPT = 160;

/** The zod schema of a shape: of the wire form, as JSON.parse gives it. */
export function schemaOf(shape: Shape<unknown>): z.ZodType {
  switch (shape.type) {
    case 'number':
      return numberSchema(shape);
    case 'integer':
      return z
        .int({ error: expected(shape) })
        .check(
          z.gte(shape.lowest, { error: expected(shape) }),
          z.lte(shape.highest, { error: expected(shape) }),
        );
    case 'word':
      return z.enum(shape.words, { error: ({ input }) => notAWord(input, shape.words) });
    case 'text':
      return z.string({ error: expected(shape) });
    case 'flag':
      return z.boolean({ error: expected(shape) });
    case 'or-null':
      return z.nullable(schemaOf(shape.of));
    case 'list':
      return z
        .array(schemaOf(shape.of), { error: expected(shape) })
        .min(shape.atLeast, { error: expected(shape) });
    case 'record':
      return recordSchema(shape);
    case 'kinds':
      return kindsSchema(shape.of, expected(shape));
    case 'any-of':
      return z.union(shape.of.map(recordSchema), { error: expected(shape) });
  }
}

function expected(shape: Shape<unknown>): string {
  return `expected ${accepts(shape)}`;
}

function numberSchema(shape: NumberShape): z.ZodType {
  const error = ({ input }: { readonly input?: unknown }) =>
    typeof input === 'number' && Number.isInteger(input) && !Number.isSafeInteger(input)
      ? 'a JSON number loses digits above 2^53 - 1; write it as a decimal string'
      : `expected ${accepts(shape)}`;
  const number = z.union([z.string().regex(DECIMAL, { error }), z.int({ error })], { error });
  return number.refine(
    // What is not a number at all was refused by the union, and is asked here once more.
    (wire) => !DECIMAL.test(String(wire)) || inRange(BigInt(wire), shape),
    { error: `expected ${inWords(shape)}` },
  );
}

function inRange(value: bigint, { lowest, highest }: NumberShape): boolean {
  return value >= lowest && value <= highest;
}

function recordSchema(shape: RecordShape<unknown>): z.ZodObject {
  const fields: Record<string, z.ZodType> = {};
  for (const [name, of] of Object.entries(shape.fields)) {
    fields[name] = shape.optional.includes(name) ? schemaOf(of).optional() : schemaOf(of);
  }
  const names = Object.keys(fields);
  const schema = z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? noSuchField(issue.keys[0] ?? '', names)
        : `expected ${accepts(shape)}`,
  });
  const { rule, ...bare } = shape;
  if (rule === undefined) return schema;
  const read = reader(bare);
  return schema.superRefine((wire, context) => {
    const value = read(wire);
    const complaint = value === REFUSED ? undefined : rule(value);
    if (complaint === undefined) return;
    context.addIssue({ code: 'custom', path: [...complaint.path], message: complaint.because });
  });
}

function kindsSchema(
  of: { readonly [kind: string]: RecordShape<unknown> },
  message: string,
): z.ZodType {
  const [first, ...others] = Object.values(of).map(recordSchema);
  if (first === undefined) return z.never();
  const kinds = Object.keys(of);
  return z.discriminatedUnion('kind', [first, ...others], {
    error: (issue) =>
      issue.code === 'invalid_union' ? notAWord(kindOf(issue.input), kinds) : message,
  });
}

function kindOf(wire: unknown): unknown {
  return typeof wire === 'object' && wire !== null && 'kind' in wire ? wire.kind : undefined;
}

function notAWord(given: unknown, words: readonly string[]): string {
  if (typeof given === 'string') {
    const near = nearest(given, words) ?? words.find((each) => each.endsWith(given));
    if (near !== undefined) return `did you mean "${near}"?`;
  }
  return `expected ${words.map((each) => JSON.stringify(each)).join(', ')}`;
}

function noSuchField(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined
    ? `there is no such field; there are ${names.join(', ')}`
    : `there is no such field; did you mean "${near}"?`;
}

/**
 * Says why the fast guard refused a value, with zod: slow, and only ever done once a file.
 *
 * @throws {SubjectError} always.
 */
export function refuse(shape: Shape<unknown>, wire: unknown, subject: Subject, at: Place): never {
  const issues = schemaOf(shape).safeParse(wire).error?.issues ?? [];
  const complaints = issues.map((issue): Complaint => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
    // Sound: JSON has no symbol keys.
    return { path: [...(issue.path as (string | number)[]), ...keys], because: issue.message };
  });
  complain(complaints, wire, subject, at);
}

/** @throws {SubjectError} always. */
export function complain(
  complaints: readonly Complaint[],
  wire: unknown,
  { what, heading }: Subject,
  at: Place,
): never {
  const sentences = complaints.slice(0, SENTENCES).map(({ path, because }) => {
    const value = valueAt(wire, path);
    const where = path.length === 0 ? 'it' : `"${path.join('.')}"`;
    const is = value === undefined ? 'is missing' : `is ${excerpt(value, 60)}`;
    const open = /JSON (number|integer up to)/.test(because) ? 'Numbers' : heading;
    const stop = because.endsWith('?') ? '' : '.';
    return `${where} ${is}: ${because}${stop} See docs/protocol.md, "${open}".`;
  });
  const more = complaints.length - sentences.length;
  if (more > 0) sentences.push(`and ${more} more`);
  const lines = [`${inText(at)} is not ${what}:`, excerpt(wire, EXCERPT), ...sentences];
  throw new SubjectError(lines.join('\n  '));
}

/** `file, line 3`, or the file alone. */
export function inText({ source, line }: Place): string {
  return line === undefined ? source : `${source}, line ${line}`;
}

function valueAt(wire: unknown, path: Complaint['path']): unknown {
  let value = wire;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function excerpt(value: unknown, longest: number): string {
  const text = jsonOf(value);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
