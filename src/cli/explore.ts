import { loadPrograms } from '../adapters/program.js';
import {
  explore,
  isAsDeclared,
  litmusOf,
  MEMORIES,
  PROGRAMS,
  programNamed,
} from '../app/explore.js';
import { nearest, UsageError } from '../contract/errors.js';
import type { ExploredProgram } from '../contract/outcome.js';
import { exploreLines } from '../report/explore.js';
import { exploreJson } from '../report/json.js';
import { page } from '../report/style.js';
import { fromCwd, type Io, type Session } from './io.js';
import { quoted } from './options.js';

export interface ExploreFlags {
  readonly memory?: readonly string[];
  readonly readers?: number;
  readonly writes?: number;
  readonly migrations?: number;
  readonly tries?: number;
  readonly limit?: number;
  readonly emit?: string;
}

/** `tickproof explore [PROGRAM…]`. */
export async function runExplore(
  { io, json, about, style }: Session,
  flags: ExploreFlags,
  words: readonly string[],
): Promise<number> {
  const programs = words.length === 0 ? PROGRAMS : await programsOf(io, words);
  const { readers, writes, migrations, tries, limit } = flags;
  const given = Object.entries({ readers, writes, migrations, tries });
  const bounds = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  if (flags.emit !== undefined) {
    if (flags.emit !== 'litmus') {
      throw new UsageError(`--emit ${quoted(flags.emit)}: accepted is litmus.`);
    }
    io.stdout(litmusTests(io, programs, bounds, words.length > 0));
    return 0;
  }
  const explored = explore(programs, {
    bounds,
    ...(flags.memory === undefined ? {} : { memories: flags.memory.map(memoryNamed) }),
    ...(limit === undefined ? {} : { limit }),
  });
  io.stdout(
    json
      ? exploreJson(about, explored)
      : page(style, exploreLines(about, explored, isAsDeclared, style)),
  );
  return exitOf(explored);
}

/** All that have one where none was asked for by name. @throws {UsageError} */
function litmusTests(
  io: Io,
  programs: Parameters<typeof explore>[0],
  bounds: Parameters<typeof litmusOf>[1],
  isAskedFor: boolean,
): string {
  const tests = programs.flatMap((program) => {
    try {
      return [litmusOf(program, bounds)];
    } catch (error) {
      if (isAskedFor || !(error instanceof UsageError)) throw error;
      io.stderr(`${error.message.split('\n')[0]}\n`);
      return [];
    }
  });
  return tests.join('\n');
}

async function programsOf(io: Io, words: readonly string[]): ReturnType<typeof loadPrograms> {
  const found = words.map(async (word) =>
    /[./\\]/.test(word) ? loadPrograms(fromCwd(io, word)) : [programNamed(word)],
  );
  return (await Promise.all(found)).flat();
}

/** @throws {UsageError} */
function memoryNamed(name: string): (typeof MEMORIES)[number] {
  const found = MEMORIES.find((memory) => memory === name);
  if (found !== undefined) return found;
  const near = nearest(name, MEMORIES);
  throw new UsageError(
    `--memory ${quoted(name)}: there is no such memory.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}  Accepted: ${MEMORIES.join(', ')}.`,
  );
}

/** 1: a verdict is not the declared one; 2: it could not be had within the limit. */
function exitOf(explored: readonly ExploredProgram[]): number {
  const surprises = explored.filter((program) => !isAsDeclared(program));
  if (surprises.some(({ verdict }) => verdict !== 'cut')) return 1;
  return surprises.length > 0 ? 2 : 0;
}
