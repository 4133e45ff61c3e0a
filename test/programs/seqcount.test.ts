import { describe, expect, test } from 'vitest';
import type { Access, Program } from '../../src/programs/program.js';
import { seqcountRead, TIMEKEEPER_WORDS, tickWrite } from '../../src/programs/seqcount.js';

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
    announced.push(textOf(access));
    state = program.next(value(access, announced.length - 1));
  }
  return { announced, result: state.done === true ? state.value : undefined };
}

function textOf(access: Access): string {
  switch (access.kind) {
    case 'load':
      return `${access.order === 'acquire' ? 'acquire' : 'load'} ${access.word}`;
    case 'store':
      return `store ${access.word}`;
    case 'fence':
      return `${access.fence} fence`;
    default:
      return access.kind;
  }
}

const reader = (counter: 'inside' | 'before') => seqcountRead({ words: TIMEKEEPER_WORDS, counter });
const isSeq = (access: Access): boolean => access.kind === 'load' && access.word === 'seq';
const ROUND = ['cycleLast', 'mult', 'xtimeNsec', 'base'].map((word) => `load ${word}`);

describe('the seqcount reader', () => {
  test('samples the counter between the two looks at the sequence', () => {
    const { announced, result } = run(reader('inside'), (access) => (isSeq(access) ? 8n : 5n));
    expect(announced).toEqual(['acquire seq', 'counter', ...ROUND, 'read fence', 'load seq']);
    expect(result).toMatchObject({ seq: 8n, counter: 5n, words: { base: 5n } });
  });

  test('with the counter hoisted samples before the first look', () => {
    const { announced } = run(reader('before'), () => 8n);
    expect(announced).toEqual(['counter', 'acquire seq', ...ROUND, 'read fence', 'load seq']);
  });

  test('loads nothing while the sequence is odd', () => {
    const { announced, result } = run(reader('inside'), () => 7n);
    expect(new Set(announced)).toEqual(new Set(['acquire seq', 'relax']));
    expect(result).toBeUndefined();
  });

  test('reads again when the sequence has moved on', () => {
    const { announced, result } = run(reader('inside'), (access, at) =>
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
      'write fence',
      ...ROUND.map((step) => step.replace('load', 'store')),
      'write fence',
      'store seq',
    ]);
  });
});
