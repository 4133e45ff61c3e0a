import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readCounterexample, writeCounterexample } from '../adapters/files.js';
import { lawNamed } from '../app/catalogue.js';
import { play } from '../app/replay.js';
import type { Counterexample } from '../contract/counterexample.js';
import type { CheckOutcome, LawResult } from '../contract/outcome.js';
import type { Subject } from '../contract/subject.js';
import { fromCwd, type Io } from './io.js';
import type { CheckRequest } from './request.js';

/** A counterexample of the corpus that still fails. */
export interface Kept {
  readonly file: string;
  readonly example: Counterexample;
}

export interface Corpus {
  readonly directory: string;
  readonly failing: readonly Kept[];
  /** Files that no longer fail. */
  readonly mended: readonly string[];
}

/**
 * Plays every counterexample of a directory on the subject at hand, with the faults at hand; a
 * directory that does not exist yet is empty, and a law that is not judged is passed over.
 *
 * @throws {SubjectError} for a file that is no counterexample.
 */
export async function replayCorpus(
  io: Io,
  directory: string,
  { laws, options }: CheckRequest,
  subject: Subject | undefined,
): Promise<Corpus> {
  const failing: Kept[] = [];
  const mended: string[] = [];
  for (const name of await jsonFiles(fromCwd(io, directory))) {
    const file = join(directory, name);
    const from = await readCounterexample(fromCwd(io, file));
    const law = lawNamed(from.property.name);
    if (!laws.includes(law)) continue;
    const played = await play(from.schedule, {
      laws: [law],
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      ...(options.strict === undefined ? {} : { strict: options.strict }),
      ...(subject === undefined ? {} : { subject }),
    });
    const verdict = played.laws[0]?.verdict;
    if (verdict?.kind !== 'violated') mended.push(file);
    else {
      const { events } = played;
      const faults = options.faults ?? [];
      const now = { subject: played.subject, faults, events, violation: verdict.violation };
      failing.push({ file, example: { ...from, ...now } });
    }
  }
  return { directory, failing, mended };
}

async function jsonFiles(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(directory);
    return names.filter((name) => name.endsWith('.json')).sort();
  } catch {
    return [];
  }
}

/** An outcome and, per counterexample, the file that it was read from. */
export interface Combined {
  readonly outcome: CheckOutcome;
  readonly readFrom: readonly (string | null)[];
}

/** Adds what the corpus showed: a law that the search did not break is broken by its file. */
export function withCorpus(outcome: CheckOutcome, failing: readonly Kept[]): Combined {
  const counterexamples = [...outcome.counterexamples];
  const readFrom: (string | null)[] = counterexamples.map(() => null);
  const laws = outcome.laws.map((law): LawResult => {
    const kept = failing.find((each) => each.example.property.name === law.name);
    if (law.verdict === 'violated' || kept === undefined) return law;
    counterexamples.push(kept.example);
    readFrom.push(kept.file);
    return { ...law, verdict: 'violated', counterexample: counterexamples.length - 1 };
  });
  return { outcome: { ...outcome, laws, counterexamples }, readFrom };
}

/**
 * Writes the counterexamples that came from the search into the directories given.
 *
 * @returns per counterexample its file, in the first of the directories.
 */
export async function keepAll(
  io: Io,
  { outcome, readFrom }: Combined,
  directories: readonly string[],
): Promise<readonly (string | null)[]> {
  const files: (string | null)[] = [];
  for (const [at, example] of outcome.counterexamples.entries()) {
    let file = readFrom[at] ?? null;
    if (file === null) {
      for (const directory of directories) {
        const name = await writeCounterexample(fromCwd(io, directory), example);
        file ??= join(directory, name);
      }
    }
    files.push(file);
  }
  return files;
}
