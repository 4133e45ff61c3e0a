import { describe, expect, test } from 'vitest';
import {
  allowance,
  collect,
  commaList,
  freshSeed,
  nanoseconds,
  secondsAbove0,
  settleStrict,
  shellWord,
  strictLimits,
} from '../../src/cli/options.js';
import { KNOWN_LIMITS } from '../../src/contract/property.js';

describe('options', () => {
  test('what may be repeated is collected', () => {
    expect(collect('b', collect('a'))).toEqual(['a', 'b']);
    expect(commaList('c', commaList('a, b'))).toEqual(['a', 'b', 'c']);
  });

  test('a reason may hold an equals sign', () => {
    expect(allowance('law=a=b', allowance('other=x'))).toEqual(
      new Map([
        ['other', 'x'],
        ['law', 'a=b'],
      ]),
    );
  });

  test('numbers are read exactly', () => {
    expect(secondsAbove0('--time-limit')('0.5')).toBe(0.5);
    expect(nanoseconds('--eps')('1000')).toBe(1000n);
  });

  test('strict takes a list or all', () => {
    expect(strictLimits('all')).toEqual(KNOWN_LIMITS);
    expect(strictLimits('publication,narrow-counter')).toEqual(['publication', 'narrow-counter']);
  });

  test.each([
    [
      ['check', '--strict'],
      ['check', '--strict=all'],
    ],
    [
      ['judge', '--strict', 'a.jsonl'],
      ['judge', '--strict=all', 'a.jsonl'],
    ],
    [
      ['judge', '--strict', '-'],
      ['judge', '--strict=all', '-'],
    ],
    [
      ['check', '--strict', 'reference'],
      ['check', '--strict=all', 'reference'],
    ],
    [
      ['check', '--strict', 'publication'],
      ['check', '--strict', 'publication'],
    ],
    [
      ['check', '--strict', '--runs', '5'],
      ['check', '--strict=all', '--runs', '5'],
    ],
  ])('%j means %j', (argv, settled) => {
    expect(settleStrict(argv)).toEqual(settled);
  });

  test('a word is quoted only where a shell needs it', () => {
    expect(shellWord('corpus/x-1.json')).toBe('corpus/x-1.json');
    expect(shellWord("it's here")).toBe("'it'\\''s here'");
  });

  test('a fresh seed is an unsigned 32-bit number', () => {
    const seed = freshSeed();
    expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
});
