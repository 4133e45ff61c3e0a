import { describe, expect, test } from 'vitest';
import { DESIGNS, FAULTS, LAWS, PAIR_LAWS, PROGRAMS, READER_LAWS } from '../../src/app/parts.js';
import { CLOCK_IDS } from '../../src/contract/clock.js';
import { type } from './recorder.js';

const SKIPS = 'monotonic-skips-stopped-time';
const DECREASES = 'monotonic-never-decreases';

describe('matrix', () => {
  // Threads need the built files: test/cli/built.test.ts.
  const line = `matrix --runs 60 --seed 1 --jobs 1 --law ${SKIPS}`;

  test('shows what each design does, and fails nothing that a design states', async () => {
    const { code, stdout } = await type(line);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n +monotonic-skips-stopped-time\ncounters-run-on +broken in \d\n/);
    expect(stdout).toMatch(/\ncooperative-freeze +kept\n/);
  });

  test('one design, as Markdown and as JSON', async () => {
    const one = `${line} --design counters-run-on`;
    expect((await type(`${one} --markdown`)).stdout).toMatch(
      /\| `counters-run-on` \| broken in \d \|/,
    );
    const json = JSON.parse((await type(`${one} --json`)).stdout);
    expect(json.designs).toHaveLength(1);
    expect(json.designs[0].cells[SKIPS]).toMatchObject({ verdict: 'violated', expected: 'broken' });
  });

  test('--need names the designs that keep a law, and those that do not', async () => {
    const { code, stdout } = await type(`${line} --need ${SKIPS}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ designs keep monotonic-skips-stopped-time:\n/);
    expect(stdout).toMatch(
      /These break monotonic-skips-stopped-time:\n(.*\n)* {2}counters-run-on[:,]\s?/,
    );
  });

  test('--need says what each pays, and as JSON names them', async () => {
    const need = `${line} --law realtime-is-right-after-stop --need ${SKIPS}`;
    const { stdout } = await type(`${need} --design qemu-stop-cont-kvmclock`);
    expect(stdout).toMatch(/1 of 1 design keep/);
    expect(stdout).toMatch(/breaks +realtime-is-right-after-stop: REALTIME goes on from/);
    const json = JSON.parse((await type(`${need} --design cooperative-freeze --json`)).stdout);
    expect(json.designs[0].cells[SKIPS].expected).toBe('kept');
  });

  test('fails, and says which cell, where a design does not do what it states', async () => {
    // One command breaks nothing.
    const short = `matrix --runs 1 --max-commands 1 --seed 1 --jobs 1 --law ${SKIPS}`;
    const { code, stdout } = await type(`${short} --design counters-run-on`);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `! counters-run-on never put ${SKIPS} to the test, and states that it breaks it`,
    );
  });

  test('all promises fit 80 columns, with letters and what they stand for', async () => {
    const { stdout } = await type(
      'matrix --runs 20 --seed 1 --jobs 1 --design qemu-migrate-kvmclock-user-paused --design vmclock-marker',
    );
    for (const row of stdout.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/\n {2}A {2}monotonic-never-decreases {2,}/);
    expect(stdout).toMatch(/\n +A {2}B {2}C {2}D .* O\n/);
    expect(stdout).toMatch(/\nqemu-migrate-kvmclock-user-paused +ok/);
  });

  test('Ctrl-C leaves a matrix that was not judged', async () => {
    const { code } = await type(line, { onInterrupt: (listener) => listener() });
    expect(code).toBe(2);
  });

  test.each([
    ['matrix --design q', 'no design is called "q"'],
    ['matrix --law q', 'no law is called "q"'],
    ['matrix --need monotonic-never-decrease', 'Did you mean monotonic-never-decreases?'],
    [`matrix --law ${SKIPS} --need ${DECREASES}`, '--need monotonic-never-decreases, but --law'],
    ['matrix all', "too many arguments for 'matrix'"],
  ])('%s is refused, and says why', async (given, why) => {
    const { code, stderr } = await type(given);
    expect([code, stderr.includes(why)]).toEqual([2, true]);
  });
});

describe('faults', () => {
  test('a fault that is caught has its row', async () => {
    const { code, stdout } = await type('faults --seed 1 --fault core-negative-delta-u64');
    expect(code).toBe(0);
    expect(stdout).toMatch(/core-negative-delta-u64 +\d+ +\d+ +\d+ {2}/);
    expect(stdout).toContain('1 fault: 1 caught, 0 survived');
  });

  test('a fault that nothing was tried on has survived', async () => {
    const line = 'faults --seed 1 --runs 1 --max-commands 1 --fault core-mono-boot-unify';
    const { code, stdout } = await type(`${line} --json`);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).faults[0]).toMatchObject({ caughtBy: [], runs: null });
    expect((await type(line)).stdout).toContain('SURVIVED');
  });

  test('Ctrl-C leaves faults that were not judged', async () => {
    expect((await type('faults', { onInterrupt: (listener) => listener() })).code).toBe(2);
  });

  test('an unknown fault is refused', async () => {
    const { code, stderr } = await type('faults --fault core-mono-boot-unifi');
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean core-mono-boot-unify?');
  });
});

describe('list', () => {
  test.each([
    ['laws', [...new Set([...LAWS, ...READER_LAWS]), ...PAIR_LAWS]],
    ['designs', DESIGNS],
    ['faults', FAULTS],
    ['programs', PROGRAMS],
  ] as const)('%s shows every row with its source', async (name, rows) => {
    const { code, stdout } = await type(`list ${name} --json`);
    expect(code).toBe(0);
    const listed: { name: string; source: object }[] = JSON.parse(stdout)[name];
    expect(listed.map((row) => row.name)).toEqual(rows.map((row) => row.name));
    expect(listed[0]?.source).toEqual(rows[0]?.source);
    const text = (await type(`list ${name}`)).stdout;
    for (const row of rows) expect(text).toContain(`  ${row.name}`);
  });

  test('without a word it shows everything, under headings', async () => {
    const { stdout } = await type('list');
    for (const heading of [
      'laws',
      'designs',
      'faults',
      'programs',
      'commands',
      'events',
      'clocks',
    ]) {
      expect(stdout).toContain(`${heading}\n  `);
    }
    for (const clock of CLOCK_IDS) expect(stdout).toContain(clock);
  });

  test.each([
    ['list lws', 'there is no list of "lws".\n  Did you mean laws?\n  Accepted: laws,'],
    ['list programmes', 'there is no list of "programmes".\n  Did you mean programs?'],
    ['list qqqqqqqqqqq', 'there is no list of "qqqqqqqqqqq".\n  Accepted: laws,'],
  ])('%s is refused, and says why', async (given, why) => {
    const { code, stderr } = await type(given);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});
