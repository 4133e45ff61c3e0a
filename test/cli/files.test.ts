import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directory, type } from './recorder.js';

const SKIPS = 'monotonic-skips-stopped-time';
const PAUSE = 'corpus/schedules/pause-resume.json';
const BASELINE = 'corpus/traces/19-tcg-tsc-baseline.jsonl.gz';
const VECTORS = new URL('../vectors/', import.meta.url);

describe('play', () => {
  test('shows a schedule by hand step by step, with the plain machine', async () => {
    const { code, stdout } = await type(`play ${PAUSE} --law ${SKIPS}`);
    expect(code).toBe(0);
    expect(stdout).toContain('subject reference, design cooperative-freeze\nmachine 1 vCPU');
    expect(stdout).toContain('elapse 60 s');
    expect(stdout).toContain('guest suspended');
    expect(stdout).toMatch(/monotonic-skips-stopped-time {2}holds/);
  });

  test('another design shows another story', async () => {
    const { code, stdout } = await type(`play ${PAUSE} --law ${SKIPS} --design counters-run-on`);
    expect(code).toBe(1);
    expect(stdout).toContain(`BROKEN  ${SKIPS}`);
  });

  test('JSON has the events, and the machine is completed item by item', async () => {
    const cwd = directory();
    const machine = { hz: 1000, vms: [{ design: 'counters-stop', vcpus: [{}, {}] }] };
    writeFileSync(join(cwd, 's.json'), JSON.stringify({ machine, commands: [] }));
    const { code, stdout } = await type(`play s.json --json --law ${SKIPS}`, { cwd });
    expect(code).toBe(0);
    const { schedule, laws } = JSON.parse(stdout);
    expect(schedule.machine.hz).toBe(1000);
    expect(schedule.machine.vms[0].design).toBe('counters-stop');
    expect(schedule.machine.vms[0].vcpus).toEqual([{ skewCycles: '0' }, { skewCycles: '0' }]);
    expect(laws).toEqual([{ name: SKIPS, verdict: 'vacuous', witnesses: 0, violation: null }]);
  });

  test('a counterexample is played with its own faults, or others', async () => {
    const cwd = directory();
    const found = 'check --fault core-negative-delta-u64 --runs 100 --seed 1 --report .';
    expect((await type(found, { cwd })).code).toBe(1);
    const [file = ''] = readdirSync(cwd);
    expect((await type(`play ${file}`, { cwd })).code).toBe(1);
    expect((await type(`play ${file} --design counters-stop`, { cwd })).stdout).toContain(
      'design counters-stop',
    );
    expect((await type(`play ${file} --fault core-mono-boot-unify`, { cwd })).stderr).toBe('');
    expect((await type(`replay ${file} reference`, { cwd })).code).toBe(1);
    const json = JSON.parse((await type(`replay ${file} --json`, { cwd })).stdout);
    expect(json.files[0]).toMatchObject({ file, fails: true, same: true });
  });

  test.each([
    ['[]', 'is not a schedule'],
    ['{', 'is not JSON'],
    ['{ "commands": [], "machine": 5 }', '"machine"'],
    ['{ "commands": [], "machine": { "vms": 5 } }', '"machine.vms"'],
    ['{ "commands": [], "machine": { "hz": 0 } }', 'hz'],
    ['{ "commands": [], "machine": { "vms": [{ "design": "q" }] } }', 'no design is called "q"'],
    ['{ "commands": [], "machin": {} }', 'did you mean "machine"?'],
  ])('%s is refused, and says why', async (text, why) => {
    const cwd = directory();
    writeFileSync(join(cwd, 's.json'), text);
    const { code, stderr } = await type('play s.json', { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  test('another design leaves what is no list of VMs to the reader', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 's.json'), '{ "commands": [], "machine": { "vms": [5] } }');
    const { code, stderr } = await type('play s.json --design counters-stop', { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('SubjectError');
  });
});

describe('replay', () => {
  test('a mended bug no longer fails', async () => {
    const cwd = directory();
    await type(`check --runs 60 --seed 1 --design counters-run-on --law ${SKIPS} --report .`, {
      cwd,
    });
    const [file = ''] = readdirSync(cwd);
    const path = join(cwd, file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('counters-run-on', 'counters-stop'));
    const { code, stdout } = await type(`replay ${file} --strict`, { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain(`no longer fails  ${file}`);
  });

  test('a file that is not there is named', async () => {
    const { code, stderr } = await type('replay nowhere.json');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot read nowhere.json: there is no such file.');
  });
});

describe('judge', () => {
  test('a recording of a real guest is judged, as it is', async () => {
    const { code, stdout } = await type(`judge ${BASELINE} --law ${SKIPS} --eps 1000 --strict`);
    expect(code).toBeLessThan(2);
    expect(stdout).toMatch(/19-tcg-tsc-baseline\.jsonl\.gz {3}[\d,]+ events\n {2}QEMU/);
  });

  test('JSON has a row a law', async () => {
    const { stdout } = await type(`judge ${BASELINE} --law ${SKIPS} --json`);
    const { files } = JSON.parse(stdout);
    expect(files[0].file).toBe(BASELINE);
    expect(files[0].laws[0].name).toBe(SKIPS);
  });

  test.each([
    ['judge nowhere.jsonl', 'cannot read nowhere.jsonl'],
    ['judge package.json', 'package.json, line 1'],
    ['judge x --law q', 'no law is called "q"'],
  ])('%s is refused, and says why', async (line, why) => {
    const { code, stderr } = await type(line);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

describe('conform', () => {
  const [vector = ''] = readdirSync(VECTORS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jsonl.gz'),
  );

  test('a recording of the kernel core is replayed', async () => {
    const path = new URL(vector, VECTORS).pathname;
    const { code, stdout } = await type(`conform ${path}`);
    expect(code).toBe(0);
    expect(stdout).toContain('equal      ');
    expect(stdout).toContain(': 0 differences');
    const json = JSON.parse((await type(`conform ${path} --kernel 6.12.117 --json`)).stdout);
    expect(json.files[0]).toMatchObject({ file: path, mismatches: 0, first: null });
  });

  test('a difference fails', async () => {
    const cwd = directory();
    const { gunzipSync } = await import('node:zlib');
    const text = gunzipSync(readFileSync(new URL(vector, VECTORS))).toString();
    writeFileSync(join(cwd, 'bent.jsonl'), text.replace(/"mult":"\d+"/, '"mult":"7"'));
    const { code, stdout } = await type('conform bent.jsonl', { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('DIFFERENT  bent.jsonl');
  });

  test('what cannot be read is named', async () => {
    const cwd = directory();
    writeFileSync(join(cwd, 'x.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]));
    expect((await type('conform x.gz', { cwd })).stderr).toContain('holds broken gzip data');
    expect((await type('conform y.gz', { cwd })).stderr).toContain('cannot read');
    expect((await type('conform --kernel 5.4 y')).stderr).toContain(
      'UsageError: --kernel "5.4": this core is not modelled.\n  Accepted: 6.12.109, 6.12.117, 6.13, 6.15.',
    );
  });
});
