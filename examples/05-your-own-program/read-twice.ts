import { accept, type ConcurrentProgram, load, loadAcquire, RELAX, store } from 'tickproof';

/** A pair without a sequence: the reader believes what it read twice. Its author thinks that this is enough. */
export const program: ConcurrentProgram = {
  name: 'read-twice',
  statement: 'A reader without a sequence reads two words twice and compares.',
  source: { title: 'an idea', url: 'https://example.org/' },
  soundOn: ['sc', 'tso', 'weak'],
  breaks: [],
  words: { a: 0n, b: 0n },
  published: { version: 0 },
  threads: () => [
    {
      name: 'writer',
      role: 'writer',
      *body() {
        yield { ...store('a', 1n), version: 1, replaces: 0 };
        yield { ...store('b', 1n), version: 1, releases: { version: 1 } };
      },
    },
    {
      name: 'reader',
      role: 'reader',
      *body() {
        for (;;) {
          const first = [yield loadAcquire('a'), yield loadAcquire('b')];
          const second = [yield load('a'), yield load('b')];
          if (first.join() === second.join()) break;
          yield RELAX;
        }
        yield accept(['a', 'b']);
      },
    },
  ],
};
