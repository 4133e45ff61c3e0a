import { describe, expect, test } from 'vitest';
import type { Access, Program } from '../../src/programs/program.js';
import { seqcountRead, tickWrite } from '../../src/programs/seqcount.js';

/** Runs a program on scripted values; says what it announced and what it returned. */
function run<Result>(
  program: Program<Result>,
  value: (access: Access, at: number) => bigint,
  most = 50,
): { readonly announced: string[]; readonly result: Result | undefined } {
  const announced: string[] = [];
  let state = program.next();
  while (state.done !== true && announced.length < most) {
    const access = state.value;
    announced.push(access.kind === 'counter' ? 'counter' : `${access.kind} ${access.word}`);
    state = program.next(value(access, announced.length - 1));
  }
  return { announced, result: state.done === true ? state.value : undefined };
}

const isSeq = (access: Access): boolean => access.kind === 'load' && access.word === 'seq';
const ROUND = ['cycleLast', 'mult', 'xtimeNsec', 'base'].map((word) => `load ${word}`);

describe('the seqcount reader', () => {
  test('samples the counter between the two looks at the sequence', () => {
    const { announced, result } = run(seqcountRead(false), (access) => (isSeq(access) ? 8n : 5n));
    expect(announced).toEqual(['load seq', 'counter', ...ROUND, 'load seq']);
    expect(result).toMatchObject({ seq: 8n, counter: 5n, words: { base: 5n } });
  });

  test('with the counter hoisted samples before the first look', () => {
    const { announced } = run(seqcountRead(true), () => 8n);
    expect(announced).toEqual(['counter', 'load seq', ...ROUND, 'load seq']);
  });

  test('loads nothing while the sequence is odd', () => {
    const { announced, result } = run(seqcountRead(false), () => 7n);
    expect(new Set(announced)).toEqual(new Set(['load seq']));
    expect(result).toBeUndefined();
  });

  test('reads again when the sequence has moved on', () => {
    const { announced, result } = run(seqcountRead(false), (access, at) =>
      isSeq(access) ? (at === 0 ? 2n : 4n) : BigInt(at),
    );
    expect(announced.filter((step) => step === 'counter')).toHaveLength(2);
    expect(result?.seq).toBe(4n);
  });
});

describe("the tick's writer", () => {
  test('samples before the sequence is odd, and stores every word while it is', () => {
    const { announced } = run(tickWrite(), () => 0n);
    expect(announced).toEqual([
      'counter',
      'store seq',
      ...ROUND.map((step) => step.replace('load', 'store')),
      'store seq',
    ]);
  });
});
