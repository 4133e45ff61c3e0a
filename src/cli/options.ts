import { nearest, UsageError } from '../contract/errors.js';
import { KNOWN_LIMITS, type KnownLimit } from '../contract/property.js';

const MAX_SEED = 2 ** 32 - 1;

/** Reads a whole number from `lowest` to `highest` for the option called `name`. @throws {UsageError} */
export function wholeNumber(
  name: string,
  lowest: number,
  highest = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const range =
    highest === Number.MAX_SAFE_INTEGER ? `${lowest} or more` : `${lowest} to ${highest}`;
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= lowest && value <= highest) return value;
    throw new UsageError(`${name} ${quoted(text)}: expected a whole number, ${range}.`);
  };
}

export const seedNumber = wholeNumber('--seed', 0, MAX_SEED);

/** A seed for a search that was given none; it is always printed. */
export function freshSeed(): number {
  return Math.floor(Math.random() * (MAX_SEED + 1));
}

/** Reads a number of seconds above 0. @throws {UsageError} */
export function secondsAbove0(name: string): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
    if (value > 0) return value;
    throw new UsageError(`${name} ${quoted(text)}: expected a number of seconds above 0.`);
  };
}

/** Reads a whole number of ns. @throws {UsageError} */
export function nanoseconds(name: string): (text: string) => bigint {
  return (text) => {
    if (/^\d{1,19}$/.test(text)) return BigInt(text);
    throw new UsageError(`${name} ${quoted(text)}: expected a whole number of ns, 0 or more.`);
  };
}

/** For options that may be given more than once. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `LAW,LAW` to its names. */
export function commaList(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(',').map((each) => each.trim())];
}

/** `LAW=reason`, more than once, to a map. @throws {UsageError} */
export function allowance(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const at = text.indexOf('=');
  const reason = text.slice(at + 1).trim();
  if (at < 1 || reason === '') {
    throw new UsageError(
      `--allow ${quoted(text)}: expected LAW=reason, for example ` +
        '--allow monotonic-never-decreases="known, see issue 12".',
    );
  }
  return new Map([...before, [text.slice(0, at), reason]]);
}

/** A comma list of known limits, or `all`. @throws {UsageError} */
export function strictLimits(text: string): readonly KnownLimit[] {
  if (text === 'all') return KNOWN_LIMITS;
  return text.split(',').map((name) => {
    const limit = KNOWN_LIMITS.find((each) => each === name);
    if (limit !== undefined) return limit;
    const near = nearest(name, KNOWN_LIMITS);
    throw new UsageError(
      `--strict ${quoted(name)}: there is no known limit of this name.\n` +
        `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
        `  Accepted: all, ${KNOWN_LIMITS.join(', ')}.`,
    );
  });
}

/**
 * `--strict` alone means all limits. A word after it that looks like a file is one: people write
 * `judge --strict trace.jsonl`, and the file must not be taken for a limit.
 */
export function settleStrict(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    if (word !== '--strict') return word;
    const next = argv[at + 1];
    const file = next === undefined || next === 'reference' || /^-|[./\\]/.test(next);
    return file ? '--strict=all' : word;
  });
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w./:=,@+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
