import { describe, expect, test } from 'vitest';
import { deployedAnswers } from '../../src/app/deployed.js';
import { DESIGNS } from '../../src/app/parts.js';
import { about } from '../../src/cli/about.js';
import { sessionOf } from '../../src/cli/io.js';
import { tour } from '../../src/cli/tour.js';
import { monotonicWord } from '../../src/report/tour.js';
import { recorder } from './recorder.js';

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
      'Is CLOCK_REALTIME right at the first read afterwards?',
      'YES above is right here, no above is wrong here, except the freeze',
      'BROKEN  monotonic-never-decreases',
      'npx tickproof replay corpus/designs/cloud-hypervisor-old-order/monotonic-never-decreases-',
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
});

// first-screens.md: what its author read in the sources of the VMMs.
describe('the table of what is deployed', () => {
  const { rows } = deployedAnswers();

  test('is as it was read in the sources', () => {
    expect(rows.map(({ name, entries }) => [name, ...entries.map(monotonicWord)])).toEqual([
      ['QEMU stop/cont, savevm', 'no', 'YES', 'no *', 'no'],
      ['Firecracker 1.16', 'YES', 'YES', 'no', 'no'],
      ['Firecracker 1.16 clock_realtime', 'YES', 'YES', 'YES', 'no'],
      ['Cloud Hypervisor, June 2026', 'YES', 'YES', 'YES', 'no'],
      ['cooperative freeze (tglx 2021)', 'no', 'no', 'no', 'no'],
    ]);
  });

  test('says nothing that the matrix does not: a YES is a promise that the design is stated to break', () => {
    for (const { entries } of rows) {
      for (const { design, monotonic } of entries) {
        if (monotonic !== 'violated') continue;
        const { breaks = [] } = DESIGNS.find(({ name }) => name === design) ?? {};
        expect(breaks.map(({ law }) => law)).toContain('monotonic-skips-stopped-time');
      }
    }
  });

  test('REALTIME is right where MONOTONIC counts the stop, and wrong where not, but for the freeze', () => {
    for (const { entries } of rows) {
      for (const { monotonic, realtime, helps } of entries) {
        const isRight = realtime === 'holds';
        expect(isRight).toBe(helps || monotonic === 'violated');
      }
    }
  });

  test('capitals say what Linux does not', () => {
    const answer = { design: '', realtime: 'holds', helps: false } as const;
    expect(monotonicWord({ ...answer, monotonic: 'violated' })).toBe('YES');
    expect(monotonicWord({ ...answer, monotonic: 'holds' })).toBe('no');
    expect(monotonicWord({ ...answer, monotonic: 'vacuous' })).toBe('not tested');
  });
});
