import type { Act, Bounds, ConcurrentProgram } from '../../src/programs/concurrent.js';
import { accept } from '../../src/programs/concurrent.js';
import type { Program } from '../../src/programs/program.js';

export const BOUNDS: Bounds = { readers: 1, writes: 1, migrations: 1, tries: 2 };

/** A program of the test's own: threads by name, words that are 0 at the start. */
export function threadsOf(
  words: readonly string[],
  threads: Readonly<Record<string, () => Program<void, Act>>>,
): ConcurrentProgram {
  return {
    name: 'by-hand',
    statement: 'Written for a test.',
    source: { title: 'the test', url: 'https://example.org/' },
    soundOn: [],
    breaks: [],
    words: Object.fromEntries(words.map((word) => [word, 0n])),
    published: { version: 0 },
    threads: () =>
      Object.entries(threads).map(([name, body]) => ({ name, body, role: 'writer' as const })),
  };
}

/** Loads that a thread made, as its result: `1,0`. */
export function* report(...loads: readonly Act[]): Program<void, Act> {
  const values: bigint[] = [];
  for (const each of loads) {
    const value = yield each;
    if (each.kind === 'load') values.push(value);
  }
  yield accept([], { ns: BigInt(values.join('')) });
}
