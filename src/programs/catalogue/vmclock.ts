import type { Source } from '../../contract/property.js';
import { accept, type ConcurrentProgram, type NotedStore } from '../concurrent.js';
import { COUNTER, load, loadAcquire, type Program, READ_FENCE, RELAX } from '../program.js';
import { type AcceptedRead, seqcountRead } from '../seqcount.js';
import {
  EVERYWHERE,
  hostOf,
  lineAt,
  lineFrom,
  NOWHERE,
  ON_STRONG,
  type Row,
  readersOf,
} from './parts.js';
import { versioned } from './versioned.js';

const TORN = ['reader-never-sees-torn-data'];
const MISPAIRED = ['reader-pairs-counter-with-its-page'];
const VMCLOCK: Source = {
  title: 'UAPI.13: the vmclock device',
  url: 'https://uapi-group.org/specifications/specs/vmclock/',
};

/** A reader that keeps what it read, and takes it again while the sequence is the same. */
function cached(row: Row, { marker = false }): ConcurrentProgram {
  const words = ['counterValue', 'timeSec'];
  return {
    source: VMCLOCK,
    ...row,
    words: { seq: 2n, counterValue: 0n, timeSec: 0n, marker: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      hostOf(function* () {
        // The next host's page has counted as far as this one's.
        const line = lineFrom(3n);
        const releases = { version: 1, line, domain: { host: 1, vcpu: null, adjusted: 0 } };
        const stores: readonly NotedStore[] = [
          { kind: 'store', word: 'seq', value: 2n, version: 1, replaces: 0 },
          { kind: 'store', word: 'counterValue', value: 3n, version: 1 },
          { kind: 'store', word: 'timeSec', value: 3n, version: 1 },
          { kind: 'store', word: 'marker', value: 1n, version: 1, releases },
        ];
        yield { kind: 'migrate', to: 1, counter: 3n, words: stores };
      }),
      ...readersOf(bounds, function* () {
        const cache = yield* withMarker(words, marker);
        for (;;) {
          const counter = yield COUNTER;
          yield READ_FENCE;
          const isSame = (yield load('seq')) === cache.seq;
          const isHere = !marker || (yield load('marker')) === cache.marker;
          if (!isSame || !isHere) return;
          const { counterValue = 0n, timeSec = 0n } = cache.words;
          const ns = lineAt({ cycleLast: counterValue, mult: 1n, base: timeSec }, counter);
          yield accept(words, { counter: true, ns });
          return;
        }
      }),
    ],
  };
}

function* withMarker(
  words: readonly string[],
  marker: boolean,
): Program<AcceptedRead & { readonly marker: bigint }> {
  for (;;) {
    const before = marker ? yield loadAcquire('marker') : 0n;
    const read = yield* seqcountRead({ words });
    if (!marker) return { ...read, marker: 0n };
    yield READ_FENCE;
    if ((yield load('marker')) === before) return { ...read, marker: before };
    yield RELAX;
  }
}

export const VMCLOCKS: readonly ConcurrentProgram[] = [
  versioned({
    name: 'vmclock',
    statement: 'The page of a device, with the disruption marker inside of its sequence.',
    source: VMCLOCK,
    soundOn: EVERYWHERE,
    breaks: [],
  }),
  versioned(
    {
      name: 'page-reader-acquire-not-fence',
      statement:
        'The reader looks at the sequence again with a load-acquire, which is no barrier for what stands before it.',
      source: {
        title: 'ClockBound: clock-bound-vmclock, shm_reader.rs',
        url: 'https://github.com/aws/clock-bound/blob/main/clock-bound-vmclock/src/shm_reader.rs',
      },
      soundOn: ON_STRONG,
      breaks: [...TORN, ...MISPAIRED],
    },
    { recheck: 'acquire' },
  ),
  versioned(
    {
      name: 'vmclock-marker-outside',
      statement: 'The disruption marker is read after the sequence was found unchanged.',
      source: VMCLOCK,
      soundOn: NOWHERE,
      breaks: TORN,
    },
    {},
    ['marker'],
  ),
  cached(
    {
      name: 'vmclock-cached-by-sequence',
      statement: 'A reader takes what it kept while the sequence is the same, on any host.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    {},
  ),
  cached(
    {
      name: 'vmclock-cached-by-marker',
      statement: 'A reader takes what it kept while sequence and disruption marker are the same.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { marker: true },
  ),
];
