import { beforeAll, describe, expect, test } from 'vitest';
import { explore, isAsDeclared } from '../../src/app/explore.js';
import type { ExploredProgram } from '../../src/contract/outcome.js';
import { MEMORIES } from '../../src/programs/concurrent.js';
import { PROGRAMS } from '../../src/programs/index.js';

/**
 * Steps of the shortest run that breaks a law, on sc, tso and weak: breadth first from the start, so no
 * run with fewer is. Where a program is sound there is none. A store on tso costs a second step, in
 * which others see it.
 */
const SHORTEST: Readonly<Record<string, readonly (number | null)[]>> = {
  'seqcount-no-read-fence': [null, null, 6],
  'seqcount-plain-begin': [null, null, 8],
  'seqcount-no-write-fence': [null, null, 6],
  'seqcount-no-retry': [5, 7, 5],
  'seqcount-odd-accepted': [6, 8, 6],
  'seqcount-nmi-reader': [2, 3, 2],
  'seq-counter-read-hoisted': [16, 22, 16],
  'timekeeper-counter-after-retry': [16, 22, 16],
  'timekeeper-no-shadow': [9, 10, 9],
  'seq-clocksource-pointer-torn': [5, 7, 5],
  'seq-xen-monotonic-writeback': [17, 23, 17],
  'latch-writes-what-is-read': [8, 9, 8],
  'latch-no-write-fence': [null, null, 10],
  'latch-no-read-fence': [null, null, 10],
  'latch-no-horizon': [15, 15, 15],
  'latch-max-delta-late-writer': [20, 15, 20],
  'latch-max-delta-in-own-writer': [15, 19, 15],
  'latch-t-end-ignored': [15, 15, 15],
  'latch-counter-behind': [5, 5, 5],
  'latch-max-delta-migration': [6, 6, 6],
  'future-copy-change-excluded': [13, 18, 13],
  'future-copy-too-early': [12, 17, 12],
  'future-copy-steps': [6, 11, 6],
  'tsc-adjust-unlocked': [7, 8, 7],
  'tsc-adjust-latch-not-held': [9, 10, 9],
  'page-equal-seq-across-migration': [9, 13, 9],
  'migration-counter-inside': [13, 19, 13],
  'migration-counter-per-host': [13, 19, 13],
  'pvclock-odd-accepted': [10, 12, 10],
  'pvclock-no-read-fence': [null, null, 10],
  'pvclock-other-vcpu': [5, 6, 5],
  'pvclock-rechecks-vcpu': [7, 8, 7],
  'hyperv-page-not-invalidated': [8, 9, 8],
  'seq-hv-tscpage-stale-other-vcpu': [6, 6, 6],
  'page-reader-acquire-not-fence': [null, null, 10],
  'vmclock-marker-outside': [13, 17, 13],
  'vmclock-cached-by-sequence': [7, 7, 7],
  'clock-bound-generation-wraps': [11, 15, 11],
  'clock-bound-cache-wraps': [13, 17, 13],
};

let explored: readonly ExploredProgram[] = [];
beforeAll(() => {
  explored = explore(PROGRAMS);
}, 120_000);

const find = (name: string, memory: string) =>
  explored.find((each) => each.name === name && each.memory === memory);

describe('every program', () => {
  const rows = PROGRAMS.flatMap(({ name }) => MEMORIES.map((memory) => ({ name, memory })));

  test.each(rows)('$name on $memory is as declared, over all interleavings', ({ name, memory }) => {
    const program = find(name, memory);
    expect(program).toMatchObject({ complete: true, verdict: program?.expected });
    expect(program !== undefined && isAsDeclared(program)).toBe(true);
  });

  test.each(rows)('$name on $memory: its shortest counterexample', ({ name, memory }) => {
    const at = MEMORIES.indexOf(memory);
    const program = find(name, memory);
    expect(program?.commands).toBe(SHORTEST[name]?.[at] ?? null);
    expect(program?.counterexample?.isShortest ?? true).toBe(true);
  });

  test.each(PROGRAMS)('$name breaks each law that it names, somewhere', ({ name, breaks }) => {
    const broken = explored
      .filter((program) => program.name === name)
      .flatMap(({ laws }) => laws.filter(({ verdict }) => verdict === 'violated'))
      .map((law) => law.name);
    expect(new Set(broken)).toEqual(new Set(breaks));
  });

  test('a sound one puts a law of readers to the test on each memory', () => {
    const untested = explored.filter(
      ({ expected, laws }) =>
        expected === 'holds' && laws.every(({ witnesses }) => witnesses === 0),
    );
    expect(untested).toEqual([]);
  });

  test('each law of readers holds somewhere and breaks somewhere', () => {
    const names = explored[0]?.laws.map(({ name }) => name) ?? [];
    const verdicts = (law: string) =>
      new Set(
        explored.flatMap(({ laws }) => laws.filter((e) => e.name === law)).map((e) => e.verdict),
      );
    expect(names).toHaveLength(6);
    for (const law of names)
      expect([...verdicts(law)]).toEqual(expect.arrayContaining(['holds', 'violated']));
  });
});

describe('what the mails say', () => {
  const loads = (name: string, word: string) =>
    find(name, 'sc')
      ?.counterexample?.steps.filter(
        ({ text }) => text.includes(`(${word})`) || text === `load ${word}`,
      )
      .map(({ value }) => value);
  const verdict = (name: string) => MEMORIES.map((memory) => find(name, memory)?.verdict);
  const BROKEN = ['violated', 'violated', 'violated'];
  const HOLDS = ['holds', 'holds', 'holds'];

  test('a read begins on one host and ends on the other with sequence 2 and 2', () => {
    expect(loads('page-equal-seq-across-migration', 'seq')).toEqual([2n, 2n]);
    expect(find('page-equal-seq-across-migration', 'sc')?.counterexample).toMatchObject({
      law: 'reader-never-sees-torn-data',
      violation: { observed: 'a of 1, b of 11' },
    });
  });

  test('a migration counter repairs it where it encloses the sequence, and so does a sequence that continues', () => {
    expect(verdict('migration-counter')).toEqual(HOLDS);
    expect(verdict('sequence-continues')).toEqual(HOLDS);
    expect(verdict('migration-counter-inside')).toEqual(BROKEN);
    expect(verdict('migration-counter-per-host')).toEqual(BROKEN);
  });

  test('a latch never waits for its writer; a seqcount and a horizon in the own writer do not finish', () => {
    expect(verdict('latch-nmi-reader')).toEqual(HOLDS);
    for (const name of ['seqcount-nmi-reader', 'latch-max-delta-in-own-writer']) {
      expect(verdict(name)).toEqual(BROKEN);
      expect(find(name, 'sc')?.counterexample?.law).toBe('reader-finishes');
    }
  });

  test('max_delta covers a counter that is behind, and does not cover a migration', () => {
    expect(verdict('latch-counter-behind')).toEqual(BROKEN);
    expect(verdict('latch-max-delta-counter-behind')).toEqual(HOLDS);
    expect(verdict('latch-max-delta-migration')).toEqual(BROKEN);
  });
});
