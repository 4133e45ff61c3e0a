import type { Source } from '../../contract/property.js';
import {
  type Act,
  accept,
  type ConcurrentProgram,
  ELAPSE,
  type NotedStore,
  type Thread,
} from '../concurrent.js';
import { COUNTER, load, loadAcquire, type Program, READ_FENCE, RELAX } from '../program.js';
import { type VersionReader, versionRead } from '../pvclock.js';
import { type AcceptedRead, seqcountRead, seqcountWrite } from '../seqcount.js';
import {
  countedSection,
  EVERYWHERE,
  lineAt,
  lineFrom,
  NOWHERE,
  ON_STRONG,
  publishing,
  type Row,
  readersOf,
} from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const MISPAIRED = ['reader-pairs-counter-with-its-page'];
const PVCLOCK: Source = {
  title: 'KVM pvclock ABI: Documentation/virt/kvm/x86/msr.rst',
  url: 'https://docs.kernel.org/virt/kvm/x86/msr.html',
};
const VMCLOCK: Source = {
  title: 'UAPI.13: the vmclock device',
  url: 'https://uapi-group.org/specifications/specs/vmclock/',
};
const HYPERV: Source = {
  title: 'Hyper-V Top Level Functional Specification: partition reference TSC page',
  url: 'https://learn.microsoft.com/en-us/virtualization/hyper-v-on-windows/tlfs/timers',
};
const CLOCK_BOUND: Source = {
  title: 'ClockBound protocol: docs/PROTOCOL.md',
  url: 'https://github.com/aws/clock-bound/blob/main/docs/PROTOCOL.md',
};

function host(body: () => Program<void, Act>): Thread {
  return { name: 'host', role: 'host', body };
}

const PAGE = ['tscTimestamp', 'systemTime'] as const;

/** A page with a version that the host makes odd and even: pvclock, vmclock. */
function versioned(
  row: Row,
  reader: Partial<VersionReader> = {},
  afterwards: readonly string[] = [],
): ConcurrentProgram {
  const words = ['tscTimestamp', 'systemTime', ...afterwards];
  return {
    source: PVCLOCK,
    ...row,
    words: { version: 0n, ...Object.fromEntries(words.map((word) => [word, 0n])) },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      host(function* () {
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          const now = yield COUNTER;
          const values = { tscTimestamp: now, systemTime: now };
          const published = { version, line: lineFrom(now) };
          const section = seqcountWrite({ words, sequence: 'version' });
          const details = { published, values, sequence: 'version', elapses: true };
          yield* publishing(section, countedSection(version, details));
        }
      }),
      ...readersOf(bounds, function* () {
        const { counter, values } = yield* versionRead({ words: PAGE, ...reader });
        for (const word of afterwards) yield load(word);
        const [cycleLast = 0n, base = 0n] = values;
        const ns = lineAt({ cycleLast, mult: 1n, base }, counter);
        yield accept(words, { counter: true, ns });
      }),
    ],
  };
}

/** A page a vCPU, and a scheduler that moves the reader there and back. */
function perVcpu(row: Row, { rechecks = false, preemptOff = false }): ConcurrentProgram {
  return {
    source: PVCLOCK,
    ...row,
    words: { 'page 0': 0n, 'page 1': -5n },
    skew: [0n, -5n],
    published: { version: 0, line: lineFrom(0n), domain: { host: 0, vcpu: 0, adjusted: 0 } },
    threads: (bounds) => [
      host(function* () {
        // The page of vCPU 1, whose counter is behind.
        const line = lineFrom(-5n, 0n);
        const releases = { version: 1, line, domain: { host: 0, vcpu: 1, adjusted: 0 } };
        yield { kind: 'store', word: 'page 1', value: -5n, version: 1, releases };
        for (const vcpu of [1, 0]) yield { kind: 'move', thread: 'reader 0', vcpu };
      }),
      ...readersOf(
        { ...bounds, readers: 1 },
        function* () {
          for (;;) {
            const vcpu = yield { kind: 'getcpu' };
            const page = `page ${vcpu}`;
            const cycleLast = yield load(page);
            const counter = yield COUNTER;
            if (rechecks && (yield { kind: 'getcpu' }) !== vcpu) {
              yield RELAX;
              continue;
            }
            const ns = lineAt({ cycleLast, mult: 1n, base: 0n }, counter);
            yield accept([page], { counter: true, ns });
            return;
          }
        },
        { preemptOff },
      ),
    ],
  };
}

/** The reference TSC page: a sequence of 0 sends the reader to the MSR. */
function hyperv(row: Row, { invalidates = true, migrates = '' }): ConcurrentProgram {
  const words = ['scale', 'offset'];
  return {
    source: HYPERV,
    ...row,
    words: { sequence: 1n, scale: 0n, offset: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      host(function* () {
        if (migrates !== '') yield moving(migrates === 'invalid');
        const at = migrates === '' ? 0 : 1;
        yield ELAPSE;
        const now = yield COUNTER;
        const domain = { host: at, vcpu: null, adjusted: 0 };
        const published = { version: 1, line: lineFrom(now), domain };
        if (invalidates) yield { ...sequence(0n), ...(at === 0 ? { replaces: 0 } : {}) };
        yield { kind: 'fence', fence: 'write' };
        for (const word of words) yield { kind: 'store', word, value: now, version: 1 };
        yield { kind: 'fence', fence: 'write' };
        yield { ...sequence(2n), releases: published };
      }),
      ...readersOf(bounds, function* () {
        for (;;) {
          const seen = yield loadAcquire('sequence');
          if (seen === 0n) {
            const ns = yield { kind: 'ask', whom: 'host' };
            yield accept([], { counter: true, ns });
            return;
          }
          const cycleLast = yield load('scale');
          const base = yield load('offset');
          const counter = yield COUNTER;
          yield READ_FENCE;
          if ((yield load('sequence')) === seen) {
            const ns = lineAt({ cycleLast, mult: 1n, base }, counter);
            yield accept(words, { counter: true, ns });
            return;
          }
          yield RELAX;
        }
      }),
    ],
  };
}

function sequence(value: bigint): NotedStore {
  return { kind: 'store', word: 'sequence', value, version: 1 };
}

/** The vCPUs go on on host 1; its own page comes later. */
function moving(invalidated: boolean): Act {
  const words: readonly NotedStore[] = invalidated ? [{ ...sequence(0n), replaces: 0 }] : [];
  return { kind: 'migrate', to: 1, counter: 3n, words };
}

/** A reader that keeps what it read, and takes it again while the sequence is the same. */
function cached(row: Row, { marker = false }): ConcurrentProgram {
  const words = ['counterValue', 'timeSec'];
  return {
    source: VMCLOCK,
    ...row,
    words: { seq: 2n, counterValue: 0n, timeSec: 0n, marker: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      host(function* () {
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

/** A generation of some bits: odd while it is written, and 2 after its largest, as 0 means never written. */
function clockBound(row: Row, { bits = 16, caches = false }): ConcurrentProgram {
  const words = ['asOf', 'bound'];
  const first = 2n;
  const following = (generation: bigint) =>
    generation + 2n >= 1n << BigInt(bits) ? 2n : generation + 2n;
  return {
    source: CLOCK_BOUND,
    ...row,
    words: { generation: first, asOf: 0n, bound: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      host(function* () {
        let generation = first;
        for (let version = 1; version <= bounds.writes; version++) {
          yield ELAPSE;
          const now = yield COUNTER;
          const odd = generation + 1n;
          generation = following(generation);
          const section = seqcountWrite({ words, sequence: 'generation' });
          yield* publishing(section, {
            sequence: 'generation',
            odd,
            even: generation,
            replaces: version - 1,
            published: { version, line: lineFrom(now) },
            values: { asOf: now, bound: now },
            elapses: true,
          });
        }
      }),
      ...readersOf(bounds, function* () {
        const read = yield* seqcountRead({ words, sequence: 'generation' });
        if (!caches) {
          yield accept(words);
          return;
        }
        const counter = yield COUNTER;
        yield READ_FENCE;
        if ((yield load('generation')) !== read.seq) return;
        const { asOf = 0n, bound = 0n } = read.words;
        const ns = lineAt({ cycleLast: asOf, mult: 1n, base: bound }, counter);
        yield accept(words, { counter: true, ns });
      }),
    ],
  };
}

export const PAGES: readonly ConcurrentProgram[] = [
  versioned({
    name: 'pvclock',
    statement: 'The reader looks for the even version at or below the one that it saw.',
    soundOn: EVERYWHERE,
    breaks: [],
  }),
  versioned(
    {
      name: 'pvclock-odd-accepted',
      statement: 'The reader compares versions and does not mind that they are odd.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    { masks: false },
  ),
  versioned(
    {
      name: 'pvclock-no-read-fence',
      statement: 'The reader looks at the version again without a barrier before it.',
      soundOn: ON_STRONG,
      breaks: [...TORN, ...MISPAIRED],
    },
    { recheck: 'none' },
  ),
  perVcpu(
    {
      name: 'pvclock-other-vcpu',
      statement: 'The reader takes the page of its vCPU and is moved before it reads the counter.',
      soundOn: NOWHERE,
      breaks: MISPAIRED,
    },
    {},
  ),
  perVcpu(
    {
      name: 'pvclock-rechecks-vcpu',
      statement: 'The reader asks for its vCPU again at the end; it may have been away and back.',
      soundOn: NOWHERE,
      breaks: MISPAIRED,
    },
    { rechecks: true },
  ),
  perVcpu(
    {
      name: 'pvclock-preempt-off',
      statement: 'The reader takes the page of its vCPU and cannot be moved meanwhile.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { preemptOff: true },
  ),
  hyperv(
    {
      name: 'hyperv-page',
      statement: 'A sequence of 0 while the page is written sends readers to the MSR.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    {},
  ),
  hyperv(
    {
      name: 'hyperv-page-not-invalidated',
      statement: 'The host writes the page without making its sequence 0 first.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    { invalidates: false },
  ),
  hyperv(
    {
      name: 'seq-hv-tscpage-stale-other-vcpu',
      statement: 'After a migration other vCPUs run before vCPU 0 has the page written.',
      source: {
        title: 'KVM: x86: Prevent Hyper-V TSC page from being used by secondary vCPUs',
        url: 'https://git.kernel.org/linus/e880c6ea55b9',
      },
      soundOn: NOWHERE,
      breaks: [...MISPAIRED, 'reader-respects-its-horizon'],
    },
    { migrates: 'stale' },
  ),
  hyperv(
    {
      name: 'hyperv-page-invalidated-on-migration',
      statement: 'A migration makes the sequence 0 until the page is written.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { migrates: 'invalid' },
  ),
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
  clockBound(
    {
      name: 'clock-bound',
      statement: 'A generation of 16 bits, odd while it is written, 2 after its largest.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    {},
  ),
  clockBound(
    {
      name: 'clock-bound-generation-wraps',
      statement:
        'A generation of 2 bits comes round within a read, as 16 bits do after 32,767 writes.',
      soundOn: NOWHERE,
      breaks: TORN,
    },
    { bits: 2 },
  ),
  clockBound(
    {
      name: 'clock-bound-cache',
      statement: 'A client takes what it kept while the generation is the same.',
      soundOn: EVERYWHERE,
      breaks: [],
    },
    { caches: true },
  ),
  clockBound(
    {
      name: 'clock-bound-cache-wraps',
      statement: 'A client takes what it kept when the generation has come round.',
      soundOn: NOWHERE,
      breaks: [...TORN, ...MISPAIRED],
    },
    { bits: 2, caches: true },
  ),
];
