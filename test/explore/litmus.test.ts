import { describe, expect, test } from 'vitest';
import { litmusOf, programNamed } from '../../src/app/explore.js';
import { UsageError } from '../../src/contract/errors.js';
import { explore } from '../../src/explore/exhaustive.js';
import { PROGRAMS } from '../../src/programs/index.js';
import { BOUNDS, threadsOf } from './by-hand.js';

const ALL = PROGRAMS.flatMap((program) => {
  try {
    return [{ program, text: litmusOf(program) }];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
});

/** The outcomes that `exists` names: register and value, of the reader's thread. */
function outcomes(text: string): readonly (readonly string[])[] {
  const exists = text.slice(text.indexOf('exists (') + 'exists ('.length, text.lastIndexOf(')'));
  return exists.split(' \\/ ').map((each) => each.replace(/[()]/g, '').split(' /\\ '));
}

describe('a litmus test', () => {
  test('reads like the kernel’s', () => {
    const text = litmusOf(programNamed('seqcount'), { readers: 1 });
    expect(text.split('\n')).toEqual([
      'C seqcount',
      '',
      '(* A writer makes the sequence odd, writes, makes it even; readers retry.',
      ' * https://docs.kernel.org/locking/seqlock.html',
      ' * P0: writer, P1: reader 0, one round.',
      ' * Written by tickproof; it claims to be sound on: sc, tso, weak. *)',
      '',
      '{ seq = 0; a = 0; b = 0; }',
      '',
      'P0(int *seq, int *a, int *b)',
      '{',
      '\tWRITE_ONCE(*seq, 1);',
      '\tsmp_wmb();',
      '\tWRITE_ONCE(*a, 1);',
      '\tWRITE_ONCE(*b, 1);',
      '\tsmp_wmb();',
      '\tWRITE_ONCE(*seq, 2);',
      '}',
      '',
      'P1(int *seq, int *a, int *b)',
      '{',
      '\tint r0;',
      '\tint r1;',
      '\tint r2;',
      '\tint r3;',
      '',
      '\tr0 = smp_load_acquire(seq);',
      '\tif ((r0 == 0) | (r0 == 2)) {',
      '\t\tr1 = READ_ONCE(*a);',
      '\t\tr2 = READ_ONCE(*b);',
      '\t\tsmp_rmb();',
      '\t\tr3 = READ_ONCE(*seq);',
      '\t}',
      '}',
      '',
      // Accepted with an equal even sequence, a and b of two publications: 2 sequences, 2 ways.
      'exists (' +
        [
          '(1:r0=0 /\\ 1:r1=0 /\\ 1:r2=1 /\\ 1:r3=0)',
          '(1:r0=0 /\\ 1:r1=1 /\\ 1:r2=0 /\\ 1:r3=0)',
          '(1:r0=2 /\\ 1:r1=0 /\\ 1:r2=1 /\\ 1:r3=2)',
          '(1:r0=2 /\\ 1:r1=1 /\\ 1:r2=0 /\\ 1:r3=2)',
        ].join(' \\/ ') +
        ')',
      '',
    ]);
  });

  test('each of a latch’s copies is a branch of its own', () => {
    const text = litmusOf(programNamed('latch'));
    expect(text).toContain('\tif ((r0 == 0) | (r0 == 2)) {\n\t\tr1 = READ_ONCE(*counter);\n');
    expect(text).toContain('\tif ((r0 == 1)) {\n');
    expect(text).toContain('READ_ONCE(*cycleLast_1)');
  });

  test('is there for most programs', () => {
    expect(ALL.length).toBeGreaterThan(30);
  });

  // What the explorer finds torn on the weakest memory, the kernel's own model must be asked about.
  test.each(ALL)('$program.name: every torn read that is explored is in `exists`', (row) => {
    const { program, text } = row;
    const named = new Set(outcomes(text).map((each) => each.join()));
    const threads = program.threads({ ...BOUNDS, ...program.bounds, readers: 1 });
    const at = threads.length - 1;
    let torn = 0;
    explore(program, {
      memory: 'weak',
      bounds: { ...BOUNDS, ...program.bounds, readers: 1, tries: 1 },
      limit: 100_000,
      visit: ({ events, told }) => {
        const isTorn = events.some(
          (e) => e.kind === 'reader-accepted' && new Set(e.versions).size > 1,
        );
        if (!isTorn) return false;
        torn++;
        const loads = told.filter((each) => each.thread === 'reader 0' && each.value !== null);
        const all = loads.map(({ value }, register) => `${at}:r${register}=${value}`);
        const isCounter = loads.map(({ text: step }) => step.startsWith('read the counter'));
        const rest = all.filter((_, register) => isCounter[register] !== true);
        expect([all.join(), rest.join()].some((each) => named.has(each))).toBe(true);
        return false;
      },
    });
    const breaks = program.breaks.includes('reader-never-sees-torn-data');
    expect(torn > 0).toBe(breaks && !program.soundOn.includes('weak'));
  });

  test.each([
    ['migration-counter', 'a litmus test has nothing for "migrate"'],
    ['tsc-adjust', 'a litmus test has nothing for "hold"'],
    ['latch-nmi-reader', 'a litmus test has no interrupts'],
    ['latch-system-call', 'a litmus test has nothing for "ask"'],
  ])('%s has none, and it is said why', (name, why) => {
    expect(() => litmusOf(programNamed(name))).toThrow(why);
  });

  test('without a reader there is nothing to ask', () => {
    const program = threadsOf(['x'], { *a() {} });
    expect(() => litmusOf(program)).toThrow('it has no reader');
  });
});
