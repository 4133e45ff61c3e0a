import { describe, expect, test } from 'vitest';
import { DESIGNS } from '../../src/app/parts.js';
import { about } from '../../src/cli/about.js';
import { sessionOf } from '../../src/cli/io.js';
import { ask, tour } from '../../src/cli/tour.js';
import { answerWord } from '../../src/report/tour.js';
import { recorder } from './recorder.js';

const QUESTION = {
  text: 'Does CLOCK_MONOTONIC count the time a guest was stopped?',
  law: 'monotonic-skips-stopped-time',
  linux: 'no',
} as const;

describe('npm start', () => {
  const { io, stdout } = recorder();
  const played = tour(sessionOf(io, {}, about()));

  test('every design keeps and breaks what it states', async () => {
    expect(await played).toBe(0);
    expect(stdout()).toContain('(all expected)');
  });

  test('shows the questions, the shortest proof, and real guests', async () => {
    await played;
    for (const part of [
      'Does CLOCK_MONOTONIC count the time a guest was stopped?   (Linux: no)',
      'Does CLOCK_BOOTTIME count it?   (Linux: yes)',
      'BROKEN  monotonic-skips-stopped-time',
      '05-tcg-tsc-savevm-loadvm',
      '19-tcg-tsc-baseline',
      'npx tickproof list laws',
    ]) {
      expect(stdout()).toContain(part);
    }
  });

  test('fits a page: ASCII, no colours, no line that breaks', async () => {
    await played;
    expect(stdout()).toMatch(/^[\n\x20-\x7e]*$/);
    const long = stdout()
      .split('\n')
      .filter((line) => line.length > 80 && !/https:|tickproof/.test(line));
    expect(long).toEqual([]);
  });

  test('an entry of the tables is a verdict of the matrix', async () => {
    const { rows } = await ask(
      QUESTION,
      DESIGNS.map(({ name }) => name),
    );
    for (const { design, verdicts } of rows) {
      const stated = DESIGNS.find(({ name }) => name === design)?.breaks ?? [];
      const isBroken = stated.some(({ law }) => law === QUESTION.law);
      expect(verdicts, design).toEqual([
        isBroken ? 'violated' : 'holds',
        isBroken ? 'violated' : 'holds',
      ]);
    }
  });

  test('capitals say what Linux does not', () => {
    expect(answerWord(QUESTION, 'violated')).toBe('YES');
    expect(answerWord(QUESTION, 'holds')).toBe('no');
    expect(answerWord({ ...QUESTION, linux: 'yes' }, 'violated')).toBe('NO');
    expect(answerWord(QUESTION, 'vacuous')).toBe('not tested');
  });
});
