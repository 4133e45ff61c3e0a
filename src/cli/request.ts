import {
  AGAINST_REFERENCE,
  designNamed,
  faultNamed,
  lawNamed,
  lawsNamed,
} from '../app/catalogue.js';
import type { CheckOptions } from '../app/check.js';
import { nearest, UsageError } from '../contract/errors.js';
import type { KnownLimit, Property } from '../contract/property.js';
import { freshSeed, shellWord } from './options.js';

export interface CheckFlags {
  readonly design?: string;
  readonly fault?: readonly string[];
  readonly law?: readonly string[];
  /** `reference`: every read is compared with the reference's. */
  readonly against?: string;
  readonly require?: readonly string[];
  readonly allow?: ReadonlyMap<string, string>;
  readonly strict?: readonly KnownLimit[];
  readonly runs: number;
  readonly seed?: number;
  readonly maxCommands: number;
  readonly timeLimit?: number;
  readonly jobs: number;
  readonly corpus?: string;
  readonly report?: string;
}

/** The part of a search that can be told to another thread. */
export type PlainOptions = Omit<
  CheckOptions,
  'subject' | 'laws' | 'onProgress' | 'interrupted' | 'shard'
>;

/** A search as its user asked for it, every name in it known to exist. */
export interface CheckRequest {
  /** A module that exports the subject; null: the reference guest. */
  readonly subjectPath: string | null;
  readonly laws: readonly Property[];
  readonly options: PlainOptions;
  readonly allowed: ReadonlyMap<string, string>;
  readonly required: readonly string[];
}

export const REFERENCE = 'reference';

/** @throws {UsageError} for a name that does not exist, and for options that contradict each other. */
export function checkRequest(flags: CheckFlags, words: readonly string[]): CheckRequest {
  const [subject = REFERENCE] = words;
  const laws = lawsOf(flags);
  const faults = (flags.fault ?? []).map(builtInFault);
  const allowed = flags.allow ?? new Map<string, string>();
  const required = flags.require ?? [];
  if (!/[./\\]/.test(subject)) refuseUnlessReference(subject);
  if (subject !== REFERENCE && faults.length > 0) {
    throw new UsageError(
      `--fault ${faults[0]} changes the reference guest, and the subject is ${subject}.\n` +
        '  Leave one of the two out.',
    );
  }
  for (const name of required) mustBeJudged('--require', name, laws);
  for (const name of allowed.keys()) mustBeJudged('--allow', name, laws);
  return {
    subjectPath: subject === REFERENCE ? null : subject,
    laws,
    allowed,
    required,
    options: {
      seed: flags.seed ?? freshSeed(),
      runs: flags.runs,
      maxCommands: flags.maxCommands,
      faults,
      strict: flags.strict ?? [],
      ...(flags.design === undefined ? {} : { design: designNamed(flags.design).name }),
      ...(flags.timeLimit === undefined ? {} : { timeLimitSec: flags.timeLimit }),
    },
  };
}

/** Those asked for, and with `--against` the one about two runs. */
function lawsOf({ law, against }: CheckFlags): readonly Property[] {
  const laws = lawsNamed(law);
  if (against === undefined) return laws;
  if (against !== REFERENCE) {
    throw new UsageError(
      `--against ${JSON.stringify(against)}: reads are compared with the reference guest's.\n` +
        `  Accepted: ${REFERENCE}.`,
    );
  }
  const added = lawNamed(AGAINST_REFERENCE);
  return laws.includes(added) ? laws : [...laws, added];
}

function refuseUnlessReference(subject: string): void {
  if (subject === REFERENCE) return;
  const near = nearest(subject, [REFERENCE]) === undefined ? '' : `  Did you mean ${REFERENCE}?\n`;
  throw new UsageError(
    `no subject is called ${JSON.stringify(subject)}.\n${near}` +
      `  Accepted: ${REFERENCE}, or the path to a module, such as ./${subject}.ts.`,
  );
}

/** @throws {UsageError} for what is not the name of a fault; paths are not taken in this version. */
export function builtInFault(name: string): string {
  if (/[./\\]/.test(name)) {
    throw new UsageError(
      `--fault ${name} looks like a path, and this version takes names only.\n` +
        '  `tickproof list faults` shows them.',
    );
  }
  return faultNamed(name).name;
}

/** The line that repeats this search. */
export function searchLine(request: CheckRequest, flags: CheckFlags): string {
  const { options, subjectPath } = request;
  const named = (option: string, names: readonly string[] | undefined) =>
    (names ?? []).flatMap((name) => [option, name]);
  const words = [
    'tickproof check',
    ...(subjectPath === null ? [] : [subjectPath]),
    ...named('--design', options.design === undefined ? [] : [options.design]),
    ...named('--fault', options.faults),
    ...named('--law', flags.law),
    ...(flags.against === undefined ? [] : ['--against', flags.against]),
    ...(options.strict?.length ? [`--strict=${options.strict.join(',')}`] : []),
    ...(options.runs === 1000 ? [] : ['--runs', String(options.runs)]),
    ...(options.maxCommands === 100 ? [] : ['--max-commands', String(options.maxCommands)]),
    ...['--seed', String(options.seed)],
  ];
  return words.map((word, at) => (at === 0 ? word : shellWord(word))).join(' ');
}

/** The line that replays a file of a subject that may not be built in. */
export function replayLine(file: string, subjectPath: string | null): string {
  const words = subjectPath === null ? [file] : [file, subjectPath];
  return `tickproof replay ${words.map(shellWord).join(' ')}`;
}

/** Refuses a law that another option speaks of, and that is not judged. @throws {UsageError} */
export function mustBeJudged(option: string, name: string, laws: readonly Property[]): void {
  if (laws.includes(lawNamed(name))) return;
  throw new UsageError(
    `${option} ${name}, but --law leaves that law out.\n  Add --law ${name}, or drop ${option}.`,
  );
}
