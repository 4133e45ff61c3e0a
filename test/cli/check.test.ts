import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backwards } from './modules.js';
import { directory, type } from './recorder.js';

const DECREASES = 'monotonic-never-decreases';
const SKIPS = 'monotonic-skips-stopped-time';
const SOUND = `check --runs 40 --seed 1 --law ${DECREASES}`;
const BROKEN = `check --runs 60 --seed 1 --design counters-run-on --law ${SKIPS}`;

describe('check', () => {
  test('a sound subject passes, and the seed is printed', async () => {
    const { code, stdout, stderr } = await type(SOUND);
    expect([code, stderr]).toEqual([0, '']);
    const scope = 'subject reference, design cooperative-freeze, Linux 6.12.109 to 6.15';
    expect(stdout).toContain(`seed 1\n${scope}\n`);
    expect(stdout).toMatch(/monotonic-never-decreases {2}holds {7}tested \d+ times/);
  });

  test('a broken law fails the run, with a report and the line that repeats it', async () => {
    const { code, stdout } = await type(BROKEN);
    expect(code).toBe(1);
    expect(stdout).toContain(`BROKEN  ${SKIPS}`);
    expect(stdout).toContain(
      `search     tickproof check --design counters-run-on --law ${SKIPS} --runs 60 --seed 1\n`,
    );
  });

  test('the same seed gives the same bytes, times aside', async () => {
    const [first, second] = [await type(`${BROKEN} --json`), await type(`${BROKEN} --json`)];
    const timeless = (text: string) => text.replace(/"elapsedMs": \d+/, '');
    expect(timeless(first.stdout)).toBe(timeless(second.stdout));
    expect(JSON.parse(first.stdout).counterexamples[0].law).toBe(SKIPS);
  });

  test('a seed is drawn where none is given', async () => {
    const { stdout } = await type(`check --json --runs 1 --law ${DECREASES}`);
    expect(JSON.parse(stdout).seed).toBeGreaterThanOrEqual(0);
  });

  test('an allowed violation is shown and does not fail the run', async () => {
    const { code, stdout } = await type([...BROKEN.split(' '), '--allow', `${SKIPS}=by design`]);
    expect(code).toBe(0);
    expect(stdout).toContain('allowed     by design');
  });

  test('a required law that stayed vacuous could not be judged', async () => {
    const line = `check --runs 1 --max-commands 1 --seed 1 --law ${SKIPS} --require ${SKIPS}`;
    const { code, stderr } = await type(line);
    expect(code).toBe(2);
    expect(stderr).toBe(`--require ${SKIPS}: nothing put it to the test in 1 run.\n`);
  });

  test('strict limits and a time limit are passed on', async () => {
    const sound = `check --runs 80 --seed 1 --law ${DECREASES}`;
    const line = (limits: string) => type(`${sound} ${limits} --time-limit 60 --json`);
    // A machine with a narrow counter is among so many runs, and one with an NMI amid a tick is not. Of
    // the first 40 runs the only one with such a counter is one of timers, and lets less time pass.
    expect((await line('--strict=narrow-counter')).code).toBe(1);
    const { code, stdout } = await line('--strict=fast-reader');
    expect([code, JSON.parse(stdout).cut]).toEqual([0, false]);
  });

  test('Ctrl-C ends the search, and says that it did', async () => {
    const { code, stdout } = await type(SOUND, { onInterrupt: (listener) => listener() });
    expect(code).toBe(2);
    expect(stdout).toContain('interrupted after 0 runs');
  });

  test.each([
    ['check --law monotonic-never-decrease', 'Did you mean monotonic-never-decreases?'],
    ['check --law q', '`tickproof list laws` shows all'],
    ['check --design couters-stop', 'Did you mean counters-stop?'],
    ['check --fault core-mono-boot-unifi', 'Did you mean core-mono-boot-unify?'],
    ['check --fault ./my-fault.ts', 'looks like a path, and this version takes names only'],
    ['check --require q', 'no law is called "q"'],
    [`check --law ${SKIPS} --require ${DECREASES}`, 'but --law leaves that law out'],
    ['check refrence', 'no subject is called "refrence".\n  Did you mean reference?'],
    ['check qqqqqqqqqqqqqqqqqqq', 'Accepted: reference, or the path to a module'],
    ['check ./nowhere.mjs', 'cannot read ./nowhere.mjs'],
    ['check ./x.mjs --fault core-mono-boot-unify', 'changes the reference guest'],
  ])('%s is refused, and says why', async (line, why) => {
    const { code, stderr } = await type(line);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

describe('check of a module', () => {
  test('finds what is wrong with it, and writes a file that replays it', async () => {
    const cwd = directory();
    backwards(cwd);
    const line = `check ./backwards.mjs --runs 5 --seed 1 --law ${DECREASES} --report found`;
    const { code, stdout } = await type(line, { cwd });
    expect(code).toBe(1);
    const [file = ''] = readdirSync(join(cwd, 'found'));
    expect(stdout).toContain(`replay     tickproof replay found/${file} ./backwards.mjs`);

    const again = await type(`replay found/${file} ./backwards.mjs`, { cwd });
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(`still fails  found/${file}`);

    const alone = await type(`replay found/${file}`, { cwd });
    expect(alone.code).toBe(2);
    expect(alone.stderr).toContain(`tickproof replay found/${file} ./path/to/your-subject.ts`);
  });

  test.each([
    ['run({}, emit) { throw new RangeError("too far"); }', 'RangeError: too far\n  The last'],
    ['run({}, emit) { emit({ kind: "clock-read", ns: 1n }); }', 'emitted: {"kind":"clock-read"'],
    ['async run() { throw "down"; }, async close() {}', 'down\n  The last event that it emitted:'],
  ])('a subject that breaks is named, and its last event: %s', async (run, why) => {
    const cwd = directory();
    const mode = run.startsWith('async') ? 'async' : 'sync';
    const text = `export const subject = { mode: '${mode}', name: 'weak', ${run} };`;
    writeFileSync(join(cwd, 'weak.mjs'), text);
    const { code, stderr } = await type('check ./weak.mjs --runs 2 --debug', { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('SubjectError: weak failed while it played a schedule:');
    expect(stderr).toContain(why);
  });

  test('a live subject is played and closed', async () => {
    const cwd = directory();
    const text = `export const subject = { mode: 'live', name: 'real', hostTimePerRunMs: 5,
      async run() {}, async close() {} };`;
    writeFileSync(join(cwd, 'real.mjs'), text);
    const { code, stdout } = await type('check ./real.mjs --runs 2', { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('subject real');
  });

  test('an async subject is closed at the end', async () => {
    const cwd = directory();
    backwards(cwd, 'async');
    const line = `check ./backwards.mjs --runs 3 --seed 1 --law ${DECREASES} --json`;
    const { code, stdout } = await type(line, { cwd });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).subject).toBe('backwards');
    expect(Reflect.get(globalThis, 'closed')).toBe(1);
  });
});

describe('check with a corpus', () => {
  test('adds what it finds, replays it first, and reports what was mended', async () => {
    const cwd = directory();
    const first = await type(`${BROKEN} --corpus kept`, { cwd });
    expect(first.stdout).toContain('corpus kept: 0 counterexamples replayed, 0 still fail');
    const files = readdirSync(join(cwd, 'kept'));
    expect(files).toHaveLength(1);
    writeFileSync(join(cwd, 'kept', 'notes.txt'), 'not a counterexample');

    // One run finds nothing by itself: the file breaks the law.
    const line = `check --runs 1 --max-commands 1 --seed 1 --law ${SKIPS} --corpus kept`;
    const second = await type(line, { cwd });
    expect(second.code).toBe(1);
    expect(second.stdout).toContain('corpus kept: 1 counterexample replayed, 1 still fail');
    expect(second.stdout).toContain(`replay     tickproof replay kept/${files[0]}`);
    expect(second.stdout).not.toContain('search  ');

    const other = await type(`${SOUND} --corpus kept`, { cwd });
    expect(other.code).toBe(0);
    expect(other.stdout).toContain('corpus kept: 0 counterexamples replayed');
    expect(readdirSync(join(cwd, 'kept'))).toHaveLength(2);
  });

  test('a counterexample of a subject that was mended no longer fails', async () => {
    const cwd = directory();
    const path = backwards(cwd);
    await type(`check ${path} --runs 5 --seed 1 --law ${DECREASES} --corpus kept`, { cwd });
    const { code, stdout } = await type(`${SOUND} --corpus kept --json`, { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).corpus.mended).toHaveLength(1);
  });

  test('a file that is no counterexample cannot be judged', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'x.json'), '{}');
    const { code, stderr } = await type(`${SOUND} --corpus .`, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('SubjectError: ');
  });
});
