import { SubjectError } from '../contract/errors.js';
import type { ConcurrentProgram } from '../programs/concurrent.js';
import { MEMORIES } from '../programs/concurrent.js';
import { loadModule } from './subject.js';

/**
 * Loads the module at `path` and takes its lockless programs: `export const program` or `programs`.
 *
 * @throws as `loadSubject()`
 * @throws {SubjectError} where what it exports is not a program.
 */
export async function loadPrograms(path: string): Promise<readonly ConcurrentProgram[]> {
  const module = await loadModule(path);
  const part = (name: string): unknown =>
    typeof module === 'object' && module !== null ? Reflect.get(module, name) : undefined;
  const given = part('programs') ?? part('program');
  if (given === undefined) {
    const names = Object.keys(module ?? {}).join(', ') || 'nothing';
    throw new SubjectError(
      `${path} exports no program: it exports ${names}.\n` +
        '  Expected `export const program: ConcurrentProgram`, or `programs`, a list of them.',
    );
  }
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((value) => {
    const wrong = whatIsWrong(value);
    if (wrong !== undefined) {
      throw new SubjectError(
        `${path} exports something that is not a program: ${wrong}.\n` +
          '  examples/05-your-own-program shows a whole one.',
      );
    }
    return value as ConcurrentProgram; // every field was looked at
  });
}

function whatIsWrong(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not an object';
  const part = (name: string): unknown => Reflect.get(value, name);
  const texts = ['name', 'statement'].filter((name) => typeof part(name) !== 'string');
  if (texts.length > 0) return `"${texts[0]}" is not a text`;
  const { source, soundOn, breaks, words, published, threads } = value as Record<string, unknown>;
  if (!isRecord(source) || typeof source.url !== 'string')
    return '"source" has no "title" and "url"';
  const memories: readonly unknown[] = MEMORIES;
  if (!Array.isArray(soundOn) || soundOn.some((each) => !memories.includes(each))) {
    return `"soundOn" is not a list of ${MEMORIES.join(', ')}`;
  }
  if (!Array.isArray(breaks)) return '"breaks" is not a list of laws';
  if (!isRecord(words) || Object.values(words).some((each) => typeof each !== 'bigint')) {
    return '"words" does not give each word a bigint';
  }
  if (!isRecord(published) || typeof published.version !== 'number') {
    return '"published" has no "version"';
  }
  return typeof threads === 'function' ? undefined : '"threads" is not a function';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
