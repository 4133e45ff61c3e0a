import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faultsPage, lawsPage, programsPage } from '../scripts/docs.mjs';
import { DESIGNS, FAULTS, LAWS, PAIR_LAWS, PROGRAMS, READER_LAWS } from '../src/app/parts.js';

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

  test('the README names the two commands that a newcomer types', () => {
    expect(read('README.md')).toContain('npm ci && npm start');
    expect(read('README.md')).toContain('npm cit');
  });
});
