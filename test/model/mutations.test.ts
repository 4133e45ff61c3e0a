import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { ADJTIMEX } from './mutations/adjtimex.js';
import { CLOCKSOURCES } from './mutations/clocksources.js';
import { EQUIVALENTS } from './mutations/equivalents.js';
import { NTP } from './mutations/ntp.js';
import { READERS } from './mutations/readers.js';
import { SET_AND_SLEEP } from './mutations/set-and-sleep.js';
import { TICKS } from './mutations/ticks.js';
import { replaceOnce, SourceTree, sourceOf } from './mutations/tree.js';
import { UNRECORDED } from './mutations/unrecorded.js';
import { VDSO } from './mutations/vdso.js';

const FOLDER = new URL('../vectors/linux-6.12/', import.meta.url);
const CAUGHT = [CLOCKSOURCES, READERS, VDSO, TICKS, NTP, ADJTIMEX, SET_AND_SLEEP].flat();

const linesOf = (recording: string): readonly string[] =>
  gunzipSync(readFileSync(new URL(`${recording}.jsonl.gz`, FOLDER)))
    .toString()
    .trimEnd()
    .split('\n');

const tree = new SourceTree();
afterAll(() => tree.remove());

describe('a core that is wrong in one detail is caught by a recording of Linux', () => {
  test.each(CAUGHT)('$name', async ({ file, from, to, caughtBy }) => {
    const conform = await tree.mutated(file, from, to);
    expect(conform(caughtBy, linesOf(caughtBy)).mismatches).toBeGreaterThan(0);
  });
});

describe('a core of other words and the same meaning reproduces all recordings', () => {
  const recordings = readdirSync(FOLDER).map((name) => name.replace('.jsonl.gz', ''));

  test.each(EQUIVALENTS)('$name', async ({ file, from, to }) => {
    const conform = await tree.mutated(file, from, to);
    const caughtBy = recordings.filter((name) => conform(name, linesOf(name)).mismatches > 0);
    expect(caughtBy).toEqual([]);
  });
});

describe('a core that is wrong where no recording comes by is caught by a test', () => {
  test.each(UNRECORDED)('$name', ({ file, from, to, caughtBy }) => {
    replaceOnce(file, sourceOf(file), from, to);
    const tests = readFileSync(new URL(`../${caughtBy.file}`, import.meta.url), 'utf8');
    expect(tests.includes(`'${caughtBy.test}'`), `${caughtBy.file}: ${caughtBy.test}`).toBe(true);
  });
});

describe('the table', () => {
  test('is as long as it promises, names nothing twice, and knows few equivalents', () => {
    const names = [...CAUGHT, ...EQUIVALENTS, ...UNRECORDED].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(CAUGHT.length).toBeGreaterThanOrEqual(40);
    expect(EQUIVALENTS.length).toBeLessThanOrEqual(4);
  });

  test('uses recordings of every kind', () => {
    const kind = (recording: string) => recording.replace(/-(\d|tsc|kvm|arm|acpipm|hpet).*/, '');
    const used = new Set(CAUGHT.map(({ caughtBy }) => kind(caughtBy)));
    const all = new Set(readdirSync(FOLDER).map(kind));
    expect([...all].filter((each) => !used.has(each))).toEqual([]);
  });

  test('says so when the source has drifted away from a row', () => {
    const drift = () => replaceOnce('model/ntp.ts', sourceOf('model/ntp.ts'), 'no such text', '');
    expect(drift).toThrow(
      'src/model/ntp.ts has 0 times, not once, what a mutation replaces; make it follow:\nno such text',
    );
    expect(() => replaceOnce('model/ntp.ts', 'a a', 'a', 'b')).toThrow(/has 2 times/);
  });

  test('refuses a row that changes a comment, or a file that is no part of the core', async () => {
    const comment = 'The NTP state of the kernel';
    await expect(tree.mutated('model/ntp.ts', comment, 'The state')).rejects.toThrow(/nothing but/);
    const vm = tree.mutated('model/vm.ts', 'readonly vcpus: readonly Vcpu[];', 'vcpus = [];');
    await expect(vm).rejects.toThrow('model/vm.ts is no part of the core');
  });
});
