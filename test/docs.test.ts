import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultsPage, lawsPage, programsPage } from '../scripts/docs.mjs';
import { deployed } from '../src/app/deployed.js';
import { MATRIX_LAWS } from '../src/app/matrix.js';
import { DESIGNS, FAULTS, LAWS, PAIR_LAWS, PROGRAMS, READER_LAWS } from '../src/app/parts.js';
import { answerWord } from '../src/report/deployed.js';
import { type } from './cli/recorder.js';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const AGAIN = 'run: npm run build && node scripts/docs.mjs';

describe('docs', () => {
  test('laws.md is what the catalogue says', () => {
    const ofReaders = READER_LAWS.filter((law) => !LAWS.includes(law));
    const laws = [...LAWS, ...ofReaders, ...PAIR_LAWS];
    expect(read('docs/laws.md'), AGAIN).toBe(lawsPage(laws, DESIGNS));
  });

  test('faults.md is what the catalogue says', () => {
    expect(read('docs/faults.md'), AGAIN).toBe(faultsPage(FAULTS));
  });

  test('programs.md is what the catalogue says', () => {
    expect(read('docs/programs.md'), AGAIN).toBe(programsPage(PROGRAMS));
  });

  test('the README shows what its first line prints', async () => {
    const page = read('README.md');
    const [, line = ''] = /\$ npx tickproof (order .*)/.exec(page) ?? [];
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word ?? '',
    );
    const { stdout } = await type(words);
    const plain = (text: string) => text.replace(/\s+/g, ' ');
    const shown = page.slice(page.indexOf(line) + line.length, page.indexOf('That was Cloud'));
    const lines = shown.split('\n').filter((each) => each.trim() !== '');
    expect(lines.length).toBeGreaterThan(10);
    for (const each of lines) expect(plain(stdout)).toContain(plain(each.trim()));
  });

  test('the table of the README is what the first screen computes', () => {
    const rows = deployed().map(({ label, cells }) => [label, ...cells.map(answerWord)]);
    const shown = read('README.md')
      .split('\n')
      .filter((line) => rows.some(([label]) => line.startsWith(`| ${label} `)))
      .map((line) => line.split('|').slice(1, -1))
      .map((row) => row.map((cell) => cell.trim().replace('\\*', '*')));
    expect(shown).toEqual(rows);
  });

  test('the README counts designs and promises as they are', () => {
    const sizes = `${DESIGNS.length} designs of pauses, snapshots and migrations are held against ${MATRIX_LAWS.length} promises`;
    expect(read('README.md').replace(/\s+/g, ' ')).toContain(sizes);
  });

  test('the README names the two commands that a newcomer types', () => {
    expect(read('README.md')).toContain('npm ci && npm start');
    expect(read('README.md')).toContain('npm cit');
  });
});
