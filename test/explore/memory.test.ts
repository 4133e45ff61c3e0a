import { describe, expect, test } from 'vitest';
import { explore } from '../../src/explore/exhaustive.js';
import type { Act, ConcurrentProgram, MemoryName } from '../../src/programs/concurrent.js';
import { MEMORIES } from '../../src/programs/concurrent.js';
import {
  FULL_FENCE,
  load,
  loadAcquire,
  READ_FENCE,
  store,
  storeRelease,
  WRITE_FENCE,
} from '../../src/programs/program.js';
import { BOUNDS, report, threadsOf } from './by-hand.js';

/** On which memories some run ends with these numbers, one a reader. */
function allowedOn(program: ConcurrentProgram, ...numbers: readonly number[]): MemoryName[] {
  return MEMORIES.filter((memory) => {
    let isAllowed = false;
    const { complete } = explore(program, {
      memory,
      bounds: BOUNDS,
      limit: 100_000,
      visit: ({ events }) => {
        const seen = events.flatMap((e) => (e.kind === 'reader-accepted' ? [e] : []));
        seen.sort((a, b) => a.actor.vcpu - b.actor.vcpu);
        if (seen.map(({ ns }) => Number(ns)).join() === numbers.join()) isAllowed = true;
        return false;
      },
    });
    expect(complete).toBe(true);
    return isAllowed;
  });
}

/** The litmus tests of the field, with the verdicts of Documentation/memory-model. */
describe('a memory', () => {
  test('SB: only store queues and weaker let both miss the other’s store', () => {
    const sb = threadsOf(['x', 'y'], {
      *a() {
        yield store('x', 1n);
        yield* report(load('y'));
      },
      *b() {
        yield store('y', 1n);
        yield* report(load('x'));
      },
    });
    expect(allowedOn(sb, 0, 0)).toEqual(['tso', 'weak']);
    expect(allowedOn(sb, 1, 1)).toEqual(['sc', 'tso', 'weak']);
  });

  test('SB with smp_mb(): nobody does', () => {
    const sb = threadsOf(['x', 'y'], {
      *a() {
        yield store('x', 1n);
        yield FULL_FENCE;
        yield* report(load('y'));
      },
      *b() {
        yield store('y', 1n);
        yield FULL_FENCE;
        yield* report(load('x'));
      },
    });
    expect(allowedOn(sb, 0, 0)).toEqual([]);
  });

  const flag =
    (...loads: readonly Act[]) =>
    () =>
      report(...loads);

  test('MP: a flag without barriers says nothing of the data on a weak memory', () => {
    const mp = threadsOf(['data', 'flag'], {
      *writer() {
        yield store('data', 1n);
        yield store('flag', 1n);
      },
      reader: flag(load('flag'), load('data')),
    });
    expect(allowedOn(mp, 10)).toEqual(['weak']);
  });

  test.each([
    ['smp_wmb() and smp_rmb()', WRITE_FENCE, READ_FENCE, load('flag')],
    ['smp_wmb() and load-acquire', WRITE_FENCE, undefined, loadAcquire('flag')],
  ])('MP with %s: data are there where the flag is', (_, writeFence, readFence, first) => {
    const mp = threadsOf(['data', 'flag'], {
      *writer() {
        yield store('data', 1n);
        yield writeFence;
        yield store('flag', 1n);
      },
      reader: flag(first, ...(readFence === undefined ? [] : [readFence]), load('data')),
    });
    expect(allowedOn(mp, 10)).toEqual([]);
    expect(allowedOn(mp, 11)).toEqual(['sc', 'tso', 'weak']);
  });

  test('MP with one barrier only is as good as none', () => {
    const half = (writer: boolean) =>
      threadsOf(['data', 'flag'], {
        *writer() {
          yield store('data', 1n);
          if (writer) yield WRITE_FENCE;
          yield store('flag', 1n);
        },
        reader: flag(load('flag'), ...(writer ? [] : [READ_FENCE]), load('data')),
      });
    expect(allowedOn(half(true), 10)).toEqual(['weak']);
    expect(allowedOn(half(false), 10)).toEqual(['weak']);
  });

  test('MP with store-release: as with a barrier', () => {
    const mp = threadsOf(['data', 'flag'], {
      *writer() {
        yield store('data', 1n);
        yield storeRelease('flag', 1n);
      },
      reader: flag(loadAcquire('flag'), load('data')),
    });
    expect(allowedOn(mp, 10)).toEqual([]);
  });

  test('CoRR: two loads of one word do not go back', () => {
    const coherence = threadsOf(['x'], {
      *writer() {
        yield store('x', 1n);
      },
      reader: flag(load('x'), load('x')),
    });
    expect(allowedOn(coherence, 10)).toEqual([]);
    expect(allowedOn(coherence, 1)).toEqual(['sc', 'tso', 'weak']);
  });

  test('IRIW: two readers may disagree on a weak memory, and not behind smp_mb()', () => {
    const iriw = (fence: typeof FULL_FENCE) =>
      threadsOf(['x', 'y'], {
        *a() {
          yield store('x', 1n);
        },
        *b() {
          yield store('y', 1n);
        },
        c: flag(load('x'), fence, load('y')),
        d: flag(load('y'), fence, load('x')),
      });
    expect(allowedOn(iriw(READ_FENCE), 10, 10)).toEqual(['weak']);
    expect(allowedOn(iriw(FULL_FENCE), 10, 10)).toEqual([]);
  });

  test('WRC: who passes a value on with release and acquire passes on what it saw', () => {
    const wrc = threadsOf(['x', 'y'], {
      *a() {
        yield store('x', 1n);
      },
      *b() {
        const seen = yield loadAcquire('x');
        yield storeRelease('y', seen);
      },
      c: flag(loadAcquire('y'), load('x')),
    });
    expect(allowedOn(wrc, 10)).toEqual([]);
  });

  test('smp_wmb() orders stores and not what was loaded before them', () => {
    const wrc = threadsOf(['x', 'y'], {
      *a() {
        yield store('x', 1n);
      },
      *b() {
        const seen = yield load('x');
        yield WRITE_FENCE;
        yield store('y', seen);
      },
      c: flag(loadAcquire('y'), load('x')),
    });
    expect(allowedOn(wrc, 10)).toEqual(['weak']);
  });

  test('a core sees its own stores at once', () => {
    const own = threadsOf(['x'], {
      *a() {
        yield store('x', 1n);
        yield* report(load('x'));
      },
    });
    expect(allowedOn(own, 1)).toEqual(['sc', 'tso', 'weak']);
    expect(allowedOn(own, 0)).toEqual([]);
  });
});
