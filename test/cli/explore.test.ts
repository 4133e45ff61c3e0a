import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { directory, type } from './recorder.js';

const READ_TWICE = fileURLToPath(
  new URL('../../examples/05-your-own-program/read-twice.ts', import.meta.url),
);

/** A module that exports a program, in a folder of its own. */
function moduleOf(text: string): string {
  const path = join(directory(), 'mine.mjs');
  writeFileSync(path, text);
  return path;
}

const PROGRAM = (thread: string) => `export const program = {
  name: 'mine', statement: 'Mine.', source: { title: 'mine', url: 'https://example.org/' },
  soundOn: ['sc', 'tso', 'weak'], breaks: [], words: { a: 0n }, published: { version: 0 },
  threads: () => [{ name: 'only', role: 'reader', *body() { ${thread} } }],
};`;

describe('explore', () => {
  test('tells the story of one program, and that it came out as declared', async () => {
    const { code, stdout } = await type('explore seqcount-no-read-fence --memory weak');
    expect(code).toBe(0);
    expect(stdout).toContain('seqcount-no-read-fence on weak: reader-never-sees-torn-data');
    expect(stdout).toContain('  step  writer                              reader 0\n     1  ');
    expect(stdout).toContain('No run with fewer than 6 steps breaks a law.');
    expect(stdout).toContain(
      '    writer: seq := 1; smp_wmb(); a := 1; b := 1; smp_wmb(); seq := 2\n',
    );
    expect(stdout).toMatch(/all as declared\.\n$/);
  });

  test('shows several as a table, executions where a program holds and steps where not', async () => {
    const { code, stdout } = await type('explore seqcount seqcount-no-retry --memory sc');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}seqcount +holds 256\n {2}seqcount-no-retry +broken in 5/);
  });

  test('keeps to 80 columns', async () => {
    const { stdout } = await type('explore page-equal-seq-across-migration');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('--json has the contract’s fields', async () => {
    const { code, stdout } = await type('explore seqcount-no-retry --memory sc --json');
    expect(code).toBe(0);
    const { command, programs } = JSON.parse(stdout);
    expect(command).toBe('explore');
    expect(programs).toEqual([
      expect.objectContaining({
        name: 'seqcount-no-retry',
        memory: 'sc',
        readers: 1,
        writes: 1,
        executions: 7,
        complete: true,
        finalStates: 5,
        verdict: 'violated',
        commands: 5,
      }),
    ]);
    expect(programs[0].counterexample.violation.evidence).toHaveLength(1);
    const again = await type('explore seqcount-no-retry --memory sc --json');
    expect(again.stdout).toBe(stdout);
  });

  test('takes bounds: more readers and writes are more executions, and none says less', async () => {
    const executions = async (line: string) =>
      JSON.parse((await type(`explore seqcount --memory sc --json ${line}`)).stdout).programs[0];
    expect(await executions('--readers 1')).toMatchObject({ readers: 1, executions: 16 });
    expect(await executions('--readers 1 --writes 2')).toMatchObject({
      writes: 2,
      verdict: 'holds',
    });
    expect(await executions('--readers 1 --tries 3')).toMatchObject({ tries: 3, verdict: 'holds' });
  });

  test('a cut exploration has judged nothing', async () => {
    const { code, stdout } = await type('explore seqcount --memory sc --limit 20');
    expect(code).toBe(2);
    expect(stdout).toContain('seqcount on sc: not all was explored');
    expect(stdout).toContain('cut at the limit');
    expect(stdout).toContain('A larger --limit explores more.');
    expect(stdout).toMatch(
      /\n1 exploration, 20 executions: 1 not explored to the end: seqcount on sc\.\n$/,
    );
  });

  test('a program of one’s own that is not what it claims exits with 1 and shows why', async () => {
    const { code, stdout } = await type(['explore', READ_TWICE]);
    expect(code).toBe(1);
    expect(stdout).toContain('! It declares that it is sound there.');
    expect(stdout).toContain('read-twice on sc: reader-never-sees-torn-data');
    expect(stdout).toContain('No run with fewer than 5 steps breaks a law.');
    expect(stdout).toContain('3 not as declared: read-twice on sc, read-twice on tso, read-twice');
  });

  test('--emit litmus writes tests for herd7, and says what has none', async () => {
    const one = await type('explore seqcount --emit litmus');
    expect(one.code).toBe(0);
    expect(one.stdout).toMatch(/^C seqcount\n/);
    const all = await type('explore --emit litmus');
    expect(all.stdout.match(/^C /gm)?.length).toBeGreaterThan(30);
    expect(all.stderr).toContain('latch-nmi-reader has no litmus test');
  });

  test.each([
    ['explore seqcoun', 'no program is called "seqcoun".\n  Did you mean seqcount?'],
    ['explore seqcount --memory pso', '--memory "pso": there is no such memory.\n'],
    ['explore seqcount --readers 0', '--readers "0": expected a whole number, 1 to 8.'],
    ['explore seqcount --emit dot', '--emit "dot": accepted is litmus.'],
    ['explore migration-counter --emit litmus', 'has nothing for "migrate"'],
    ['explore ./nowhere.ts', 'nowhere.ts'],
  ])('%s is refused', async (line, message) => {
    const { code, stdout, stderr } = await type(line);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test.each([
    ['export const x = 1;', 'exports no program: it exports x.'],
    ['export const program = 3;', 'it is not an object'],
    ["export const program = { name: 'p' };", '"statement" is not a text'],
    [PROGRAM('').replace("['sc', 'tso', 'weak']", "['pso']"), '"soundOn" is not a list of sc, tso'],
    [PROGRAM('').replace('a: 0n', 'a: 0'), '"words" does not give each word a bigint'],
    [PROGRAM('').replace('source: {', 'sauce: {'), '"source" has no "title" and "url"'],
    [PROGRAM('').replace('breaks: []', 'breaks: 1'), '"breaks" is not a list of laws'],
    [PROGRAM('').replace('version: 0', 'v: 0'), '"published" has no "version"'],
    [PROGRAM('').replace('threads: ()', 'threads: 1, t: ()'), '"threads" is not a function'],
    [
      PROGRAM("yield { kind: 'load', word: 'b' };"),
      'mine cannot be explored: no thread or table declares the word "b"',
    ],
    [
      PROGRAM("for (;;) yield { kind: 'load', word: 'a' };"),
      'mine cannot be explored: a run has more than 1,000 steps',
    ],
  ])('a module that is not a program is refused: %#', async (text, message) => {
    const { code, stderr } = await type(['explore', moduleOf(text)]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('list programs names them all', async () => {
    const { stdout } = await type('list programs --json');
    expect(JSON.parse(stdout).programs.length).toBeGreaterThan(60);
  });
});
