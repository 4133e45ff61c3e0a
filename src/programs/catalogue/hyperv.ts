import type { Source } from '../../contract/property.js';
import {
  type Act,
  accept,
  type ConcurrentProgram,
  ELAPSE,
  type NotedStore,
} from '../concurrent.js';
import { COUNTER, load, loadAcquire, READ_FENCE, RELAX } from '../program.js';
import { EVERYWHERE, hostOf, lineAt, lineFrom, NOWHERE, type Row, readersOf } from './parts.js';

const TORN = ['reader-never-sees-torn-data'];
const MISPAIRED = ['reader-pairs-counter-with-its-page'];
const HYPERV: Source = {
  title: 'Hyper-V Top Level Functional Specification: partition reference TSC page',
  url: 'https://learn.microsoft.com/en-us/virtualization/hyper-v-on-windows/tlfs/timers',
};

/** The reference TSC page: a sequence of 0 sends the reader to the MSR. */
function hyperv(row: Row, { invalidates = true, migrates = '' }): ConcurrentProgram {
  const words = ['scale', 'offset'];
  return {
    source: HYPERV,
    ...row,
    words: { sequence: 1n, scale: 0n, offset: 0n },
    published: { version: 0, line: lineFrom(0n) },
    threads: (bounds) => [
      hostOf(function* () {
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

export const HYPERV_PAGES: readonly ConcurrentProgram[] = [
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
      breaks: MISPAIRED,
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
];
