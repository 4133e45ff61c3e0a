import { UsageError } from '../contract/errors.js';
import type { Act, Bounds, ConcurrentProgram, Thread } from '../programs/concurrent.js';
import { LitmusReader } from './litmus-reader.js';
import { COUNTER_WORD } from './memory.js';

/** What a word can hold, and of which publications each value can be. */
export type Values = ReadonlyMap<string, ReadonlyMap<bigint, ReadonlySet<number>>>;

/**
 * A program as a C litmus test for herd7 and the kernel's memory model: writers and one round of one
 * reader, and in `exists` every outcome in which a reader accepts words of different publications. A
 * sound program must never show it.
 *
 * The counter is a location that moves behind an smp_mb(): who saw it move sees what was done before.
 *
 * @throws {UsageError} for what no litmus test can say: migrations, interrupts, stop_machine().
 */
export function litmusOf(program: ConcurrentProgram, bounds: Bounds): string {
  const threads = program.threads({ ...bounds, readers: 1 });
  const refuse = (what: string): never => {
    throw new UsageError(
      `${program.name} has no litmus test: ${what}.\n` +
        '  `tickproof explore --emit litmus` alone writes all that have one.',
    );
  };
  if (threads.some(({ interrupts }) => interrupts !== undefined)) {
    refuse('a litmus test has no interrupts');
  }
  const bodies: string[] = [];
  const values = new Map<string, Map<bigint, Set<number>>>();
  for (const [word, value] of Object.entries(program.words)) note(values, word, value, 0);
  note(values, COUNTER_WORD, program.published.line?.cycleLast ?? 0n, 0);
  const writers = threads.filter(({ role }) => role !== 'reader');
  for (const writer of writers) bodies.push(...writerLines(writer, values, refuse));
  const [reader] = threads.filter(({ role }) => role === 'reader');
  if (reader === undefined) return refuse('it has no reader');
  const round = new LitmusReader(reader, values, refuse);
  const words = [...values.keys()].filter((word) => round.usesCounter || word !== COUNTER_WORD);
  const parameters = words.map((word) => `int *${nameOf(word)}`).join(', ');
  const registers = Array.from({ length: round.registers }, (_, at) => `\tint r${at};`);
  const at = writers.length;
  return [
    `C ${program.name}`,
    '',
    `(* ${program.statement}`,
    ` * ${program.source.url.replaceAll('*)', '')}`,
    ` * ${[...writers, reader].map(({ name }, thread) => `P${thread}: ${name}`).join(', ')}, one round.`,
    ` * Written by tickproof; it claims to be sound on: ${program.soundOn.join(', ') || 'no memory'}. *)`,
    '',
    `{ ${words.map((word) => `${nameOf(word)} = ${first(values, word)};`).join(' ')} }`,
    '',
    ...writers.flatMap((_, thread) => [
      `P${thread}(${parameters})`,
      '{',
      ...(bodies[thread] ?? '').split('\n').filter((line) => round.usesCounter || !isCounter(line)),
      '}',
      '',
    ]),
    `P${at}(${parameters})`,
    '{',
    ...registers,
    '',
    ...round.lines,
    '}',
    '',
    `exists (${round.torn(at).join(' \\/ ')})`,
    '',
  ].join('\n');
}

/** A word as C spells it. */
export function nameOf(word: string): string {
  return word === COUNTER_WORD ? 'counter' : word.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '');
}

function isCounter(line: string): boolean {
  return line.includes('*counter');
}

function first(values: Values, word: string): bigint {
  return [...(values.get(word)?.keys() ?? [])][0] ?? 0n;
}

function note(
  values: Map<string, Map<bigint, Set<number>>>,
  word: string,
  value: bigint,
  version: number,
): void {
  const ofWord = values.get(word) ?? new Map<bigint, Set<number>>();
  const versions = ofWord.get(value) ?? new Set<number>();
  values.set(word, ofWord.set(value, versions.add(version)));
}

/** A writer is told no value that others decide: its text is one line after the other. */
function writerLines(
  thread: Thread,
  values: Map<string, Map<bigint, Set<number>>>,
  refuse: (what: string) => never,
): readonly string[] {
  const lines: string[] = [];
  let counter = first(values, COUNTER_WORD);
  const body = thread.body();
  let given = 0n;
  for (;;) {
    const { done, value: act } = body.next(given);
    if (done === true) break;
    given = 0n;
    if (act.kind === 'store') {
      const { word, value = 0n, version = 0 } = act;
      note(values, word, value, version);
      const call = act.order === 'release' ? 'smp_store_release' : 'WRITE_ONCE';
      const target = act.order === 'release' ? nameOf(word) : `*${nameOf(word)}`;
      lines.push(`\t${call}(${target}, ${value});`);
    } else if (act.kind === 'fence') lines.push(`\t${fenceOf(act.fence)};`);
    else if (act.kind === 'elapse') {
      counter += act.by;
      note(values, COUNTER_WORD, counter, 0);
      // One line, so that both go where the counter is not used.
      lines.push(`\tsmp_mb(); WRITE_ONCE(*counter, ${counter});`);
    } else if (act.kind === 'counter') given = counter;
    else return refuse(unsayable(act));
  }
  return [lines.join('\n')];
}

export function fenceOf(fence: 'read' | 'write' | 'full'): string {
  return { read: 'smp_rmb()', write: 'smp_wmb()', full: 'smp_mb()' }[fence];
}

export function unsayable(act: Act): string {
  return `a litmus test has nothing for "${act.kind}"`;
}
