import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Counterexample } from '../contract/counterexample.js';
import { nearest, SubjectError, UsageError } from '../contract/errors.js';
import type { Schedule } from '../contract/schedule.js';
import {
  decodeCounterexample,
  decodeSchedule,
  encodeCounterexample,
  encodeSchedule,
  jsonOf,
} from '../contract/wire.js';

/**
 * The whole of a text file; `-` is standard input.
 *
 * @throws {UsageError} where it cannot be read.
 */
export async function readText(path: string): Promise<string> {
  try {
    if (path !== '-') return await readFile(path, 'utf8');
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    throw await unreadable(path, error);
  }
}

/**
 * Writes a file so that a reader sees the old content or the new, never a part: to a temporary
 * file in the same directory, which must exist, then renamed.
 *
 * @throws {UsageError} where it cannot be written; what was there before is still there then.
 */
export async function writeBeside(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(
      `cannot write ${path}: ${reasonOf(error)}.\n` +
        '  Give a path in a directory that exists and that you may write to.',
      { cause: error },
    );
  }
}

/**
 * A counterexample file, as `tickproof check --report` and `--corpus` write it.
 *
 * @throws {UsageError} where it cannot be read. @throws {SubjectError} where it is something else.
 */
export async function readCounterexample(path: string): Promise<Counterexample> {
  const wire = await readJson(path);
  if (kindOf(wire) === 'schedule') {
    throw new SubjectError(
      `${path} is a schedule, not a counterexample.\n  Play it: tickproof play ${path}`,
    );
  }
  return decodeCounterexample(wire, { source: path });
}

/**
 * A schedule written by hand: `{ "machine": …, "commands": […] }`.
 *
 * @throws {UsageError} where it cannot be read. @throws {SubjectError} where it is something else.
 */
export async function readSchedule(path: string): Promise<Schedule> {
  const wire = await readJson(path);
  if (kindOf(wire) === 'counterexample') {
    throw new SubjectError(
      `${path} is a counterexample, not a schedule.\n  Play it again: tickproof replay ${path}`,
    );
  }
  return decodeSchedule(wire, { source: path });
}

/**
 * Writes a counterexample under a name made from its content, and makes the directory.
 *
 * A file that holds something else is never overwritten: the name then gets a number.
 *
 * @returns the name of the file in `directory`, `LAW-XXXXXXXX.json`; it may have been there before.
 * @throws {UsageError} where it cannot be written.
 */
export async function writeCounterexample(
  directory: string,
  counterexample: Counterexample,
): Promise<string> {
  const text = `${jsonOf(encodeCounterexample(counterexample), 2)}\n`;
  const hash = createHash('sha256').update(jsonOf(encodeSchedule(counterexample.schedule)));
  const stem = `${counterexample.property.name}-${hash.digest('hex').slice(0, 8)}`;
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot make the directory ${directory}: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
  const taken = new Set(await readdir(directory));
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.json` : `${stem}-${number}.json`;
    const path = join(directory, name);
    if (!taken.has(name)) {
      await writeBeside(path, text);
      return name;
    }
    if ((await readText(path)) === text) return name;
  }
}

/** Why a file could not be read, with the nearest name that could; what is not about files stays as it is. */
export async function unreadable(path: string, error: unknown): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || !(code in REASONS)) return error;
  let wayOut = '';
  if (code === 'ENOENT') {
    const directory = dirname(path);
    const names = await readdir(directory).catch(() => undefined);
    const near = names === undefined ? undefined : nearest(basename(path), names);
    if (names === undefined) wayOut = `\n  There is no directory ${directory} either.`;
    else if (near !== undefined) wayOut = `\n  Did you mean ${join(directory, near)}?`;
  }
  return new UsageError(`cannot read ${path}: ${reasonOf(error)}.${wayOut}`, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return (code === undefined ? undefined : REASONS[code]) ?? String(error);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    const what = text.trim() === '' ? 'is empty' : `is not JSON: ${messageOf(error)}`;
    throw new SubjectError(`${path} ${what}\n  See docs/protocol.md, "Counterexample".`, {
      cause: error,
    });
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a JSON document says it is, or looks like. */
function kindOf(wire: unknown): 'counterexample' | 'schedule' | undefined {
  if (typeof wire !== 'object' || wire === null) return undefined;
  if ('violation' in wire) return 'counterexample';
  return 'commands' in wire ? 'schedule' : undefined;
}
