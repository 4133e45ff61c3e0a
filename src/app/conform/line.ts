import { SubjectError } from '../../contract/errors.js';

/** What a JSON line may hold at one key. */
type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

/** The parts of a line; anything else in it is not looked at. */
interface JsonLine {
  readonly cmd?: Json;
  readonly args?: Json;
  readonly out?: Json;
  readonly st?: Json;
  readonly shadow?: Json;
  readonly vpage?: Json;
  readonly cws?: Json;
  readonly warn?: Json;
}

/** A recorded number, or a flag, as text; numbers in decimal digits. */
export type Values = ReadonlyMap<string, string>;

/** One line of a recording: a command and what the kernel answered. */
export interface Line {
  readonly where: Where;
  readonly command: string;
  readonly args: Args;
  /** Outputs; those inside another are named `outer.inner`. */
  readonly out: Values;
  /** The state fields that changed. */
  readonly st: Values;
  readonly shadow: Values | undefined;
  readonly vpage: Values | undefined;
  readonly cws: string;
  readonly warn: string;
}

/** Names a line of a file in an error. */
export class Where {
  constructor(
    readonly file: string,
    readonly line: number,
  ) {}

  error(field: string, wrong: string): SubjectError {
    return new SubjectError(
      `${this.file}, line ${this.line}, ${field}: ${wrong}. See the README beside the recordings.`,
    );
  }
}

const DECIMAL = /^-?\d{1,39}$/;

/** The arguments of a command. */
export class Args {
  constructor(
    private readonly where: Where,
    private readonly values: Values,
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string {
    const value = this.values.get(name);
    if (value === undefined) throw this.where.error(`args.${name}`, 'it is missing');
    return value;
  }

  /** @throws {SubjectError} where the argument is missing or no number */
  number(name: string): bigint {
    const value = this.text(name);
    if (!DECIMAL.test(value)) {
      throw this.where.error(`args.${name}`, `"${value}" is not a whole decimal number`);
    }
    return BigInt(value);
  }

  /** The number, or `otherwise` where the command was given none. */
  numberOr(name: string, otherwise: bigint): bigint {
    return this.values.has(name) ? this.number(name) : otherwise;
  }
}

/**
 * Reads one line of a recording.
 *
 * @throws {SubjectError} where it is not JSON, or lacks a part
 */
export function parseLine(file: string, number: number, text: string): Line {
  const where = new Where(file, number);
  const line: JsonLine = parseObject(where, text);
  if (typeof line.cmd !== 'string') throw where.error('cmd', 'it is missing');
  const optional = (part: string, json: Json | undefined): Values | undefined =>
    json === undefined ? undefined : flatten(where, part, json, true);
  return {
    where,
    command: line.cmd,
    args: new Args(where, flatten(where, 'args', line.args, false)),
    out: flatten(where, 'out', line.out, true),
    st: flatten(where, 'st', line.st, true),
    shadow: optional('shadow', line.shadow),
    vpage: optional('vpage', line.vpage),
    cws: scalar(where, 'cws', line.cws ?? 0, true),
    warn: scalar(where, 'warn', line.warn ?? 0, true),
  };
}

function parseObject(where: Where, text: string): JsonObject {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    const end = text.length > 40 ? `…${text.slice(-40)}` : text;
    throw where.error('the line', `it is not JSON, or cut; it ends with ${end}`);
  }
  if (!isObject(json)) throw where.error('the line', 'it is not a JSON object');
  return json;
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function flatten(where: Where, part: string, json: Json | undefined, numbers: boolean): Values {
  if (!isObject(json)) throw where.error(part, 'it is missing');
  const values = new Map<string, string>();
  for (const name in json) {
    const value = json[name];
    if (isObject(value)) {
      for (const [inner, text] of flatten(where, `${part}.${name}`, value, numbers)) {
        values.set(`${name}.${inner}`, text);
      }
    } else {
      values.set(name, scalar(where, `${part}.${name}`, value, numbers));
    }
  }
  return values;
}

function scalar(where: Where, field: string, value: Json | undefined, numbers: boolean): string {
  if (typeof value === 'string' && (!numbers || DECIMAL.test(value))) return value;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return String(value);
  throw where.error(field, `${JSON.stringify(value)} is not a whole decimal number`);
}
