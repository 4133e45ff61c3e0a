import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadSubject, tsxSeenFrom } from '../../src/adapters/subject.js';
import { SubjectError, UsageError } from '../../src/contract/errors.js';

const directory = mkdtempSync(join(tmpdir(), 'tickproof-subject-'));
let count = 0;

/** A module of its own: one that was imported stays imported. */
function module(text: string, extension = '.mjs'): string {
  const path = join(directory, `subject-${count++}${extension}`);
  writeFileSync(path, text);
  return path;
}

async function refused(path: string, kind: typeof SubjectError | typeof UsageError) {
  const error: unknown = await loadSubject(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(kind);
  return error instanceof Error ? error.message.replaceAll(`${directory}/`, '') : '';
}

const SYNC = `{ mode: 'sync', name: 'mine', run() {} }`;

describe('a subject is loaded', () => {
  test.each([
    ['from an export named subject', `export const subject = ${SYNC};`],
    ['from a default export', `export default ${SYNC};`],
    ['from a function that makes one', `export const subject = () => (${SYNC});`],
    ['from an async function', `export default async () => (${SYNC});`],
    ['from the default export of a CommonJS module', `export default { subject: ${SYNC} };`],
  ])('%s', async (_how, text) => {
    expect(await loadSubject(module(text))).toMatchObject({ mode: 'sync', name: 'mine' });
  });

  test('with a method close where it answers later, and a budget where it is live', async () => {
    const rest = `name: 'x', run() {}, async close() {}`;
    const later = module(`export const subject = { mode: 'async', ${rest} };`);
    expect((await loadSubject(later)).mode).toBe('async');
    const live = module(`export const subject = { mode: 'live', hostTimePerRunMs: 5, ${rest} };`);
    expect((await loadSubject(live)).mode).toBe('live');
  });
});

describe('a TypeScript subject', () => {
  const text = `import type { Subject } from 'tickproof';
export const subject: Subject = { mode: 'sync', name: 'typed', run(): void {} };`;

  /** Node 20, which this may not be. */
  const native = (url: string) =>
    Promise.reject(Object.assign(new Error(url), { code: 'ERR_UNKNOWN_FILE_EXTENSION' }));

  test('is loaded by Node where it can', async () => {
    const subject = { mode: 'sync', name: 'typed', run: () => undefined };
    const loaded = loadSubject(module(text, '.ts'), {
      native: async () => ({ subject }),
      tsx: () => Promise.reject(new Error('not asked')),
    });
    expect((await loaded).name).toBe('typed');
  });

  test('is loaded through tsx where Node cannot, and may import the types of tickproof', async () => {
    const { tsImport } = await import('tsx/esm/api');
    const path = module(text, '.mts');
    const tsx = () => Promise.resolve(tsImport);
    expect((await loadSubject(path, { native, tsx })).name).toBe('typed');
  });

  test('finds tsx beside this package, or beside the subject', async () => {
    expect((await loadSubject(module(text, '.mts'), { native })).name).toBe('typed');
    expect(await tsxSeenFrom(import.meta.url)).toBeTypeOf('function');
    expect(await tsxSeenFrom('/nowhere/subject.ts')).toBeUndefined();
  });

  test('names the line to type where tsx is missing', async () => {
    const path = module(text, '.ts');
    await expect(loadSubject(path, { native, tsx: async () => undefined })).rejects.toThrow(
      new RegExp(
        'is TypeScript, which Node [0-9.]+ does not load by itself\\.\\n' +
          ' {2}Install tsx, and it does: npm install --save-dev tsx$',
      ),
    );
  });

  test('that does not compile is the fault of its author', async () => {
    const tsx = async () => (url: string) => Promise.reject(new SyntaxError(`in ${url}`));
    const path = module('export const', '.ts');
    const error: unknown = await loadSubject(path, { native, tsx }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SubjectError);
    expect(String(error)).toContain(`SyntaxError: in ${pathToFileURL(path).href}`);
  });
});

describe('what is not a subject is refused', () => {
  test('because there is no such file', async () => {
    expect(await refused(join(directory, 'nowhere.mjs'), UsageError)).toContain(
      'cannot read nowhere.mjs: there is no such file.',
    );
  });

  test('because it is no module', async () => {
    expect(await refused('clock.py', UsageError)).toBe(
      'clock.py is not a module: expected a file that ends in .js, .mjs, .cjs, .ts, .mts, .cts.\n' +
        '  A program in another language can not be checked by this version.',
    );
  });

  test('because it fails while it is loaded', async () => {
    expect(await refused(module(`throw new TypeError('no clock');`), SubjectError)).toMatch(
      /could not be loaded:\n {2}TypeError: no clock$/,
    );
    expect(await refused(module(`throw 'text';`), SubjectError)).toMatch(/loaded:\n {2}text$/);
  });

  test('because it exports none, with what it exports', async () => {
    const message = await refused(module('export const clock = 1, b = 2;'), SubjectError);
    expect(message).toMatch(/exports no subject: it exports (b, clock|clock, b)\.\n/);
    expect(await refused(module(';'), SubjectError)).toContain('it exports nothing.');
  });

  test('because its function fails', async () => {
    const path = module(`export const subject = () => { throw new Error('no device'); };`);
    expect(await refused(path, SubjectError)).toContain('could not make its subject: no device');
    const text = module(`export const subject = () => { throw 'none'; };`);
    expect(await refused(text, SubjectError)).toContain('could not make its subject: none');
  });

  test.each([
    ['7', 'it is 7'],
    ['null', 'it is null'],
    ['() => undefined', 'it is missing'],
    ['() => () => 1', 'it is a function'],
    ['() => 1n', 'it is "1"'],
    [`{ name: 'x', run() {} }`, '"mode" is missing'],
    [`{ mode: 'synchronous', name: 'x', run() {} }`, '"mode" is "synchronous"'],
    [`{ mode: 'sync', run() {} }`, '"name" is missing, not a text'],
    [`{ mode: 'sync', name: '', run() {} }`, '"name" is "", not a text'],
    [`{ mode: 'sync', name: 'x', run: 1 }`, '"run" is 1, not a function'],
    [`{ mode: 'async', name: 'x', run() {} }`, '"close" is missing, not a function'],
    [
      `{ mode: 'live', name: 'x', run() {}, close() {} }`,
      '"hostTimePerRunMs" is missing, not a number of ms above 0',
    ],
  ])('because of its shape: %s', async (text, reason) => {
    const message = await refused(module(`export const subject = ${text};`), SubjectError);
    expect(message).toContain(`exports something that is not a subject: ${reason}.`);
    expect(message).toContain('Expected { mode: "sync" | "async" | "live", name, run(');
  });
});
