import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  readCounterexample,
  readSchedule,
  readText,
  unreadable,
  writeBeside,
  writeCounterexample,
} from '../../src/adapters/files.js';
import { SubjectError, UsageError } from '../../src/contract/errors.js';
import { encodeCounterexample, encodeSchedule, jsonOf } from '../../src/contract/wire.js';
import { counterexample, schedule } from '../contract/wire-fixtures.js';
import { withStdin } from './stdin.js';

function empty(): string {
  return mkdtempSync(join(tmpdir(), 'tickproof-files-'));
}

async function refused(task: Promise<unknown>, kind: typeof SubjectError | typeof UsageError) {
  const error: unknown = await task.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(kind);
  return error instanceof Error ? error.message : '';
}

describe('a text', () => {
  test('is read from a file or from standard input', async () => {
    const path = join(empty(), 'a');
    writeFileSync(path, 'größer');
    expect(await readText(path)).toBe('größer');
    expect(await withStdin('größer', () => readText('-'))).toBe('größer');
  });

  test('that cannot be read is named with the reason', async () => {
    const directory = empty();
    expect(await refused(readText(directory), UsageError)).toBe(
      `cannot read ${directory}: it is a directory.`,
    );
    expect(await refused(readText(join(directory, 'a')), UsageError)).toBe(
      `cannot read ${directory}/a: there is no such file.`,
    );
  });

  test('is written beside the old one, which it replaces as a whole', async () => {
    const directory = empty();
    const path = join(directory, 'a.json');
    await writeBeside(path, 'old');
    await writeBeside(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(directory)).toEqual(['a.json']);
  });

  test('that cannot be written leaves no temporary file, and what was there', async () => {
    const directory = empty();
    const path = join(directory, 'a');
    mkdirSync(path);
    expect(await refused(writeBeside(path, 'x'), UsageError)).toContain(
      `cannot write ${path}: it is a directory.\n  Give a path in a directory that exists`,
    );
    expect(readdirSync(directory)).toEqual(['a']);
    expect(await refused(writeBeside(join(directory, 'b', 'c'), 'x'), UsageError)).toContain(
      'there is no such file',
    );
  });

  test('an error that is not about files stays what it is', async () => {
    const error = new Error('other');
    expect(await unreadable('a', error)).toBe(error);
    const odd = Object.assign(new Error('odd'), { code: 'EODD' });
    expect(await unreadable('a', odd)).toBe(odd);
  });
});

describe('a counterexample', () => {
  test('is written under a name made from its law and schedule, and read again', async () => {
    const directory = join(empty(), 'new', 'corpus');
    const name = await writeCounterexample(directory, counterexample);
    expect(name).toMatch(/^monotonic-never-decreases-[0-9a-f]{8}\.json$/);
    expect(await readCounterexample(join(directory, name))).toEqual(counterexample);
    expect(readFileSync(join(directory, name), 'utf8')).toMatch(/^\{\n {2}"format": 1,\n/);
  });

  test('that is there already is not written twice, and another one never replaces it', async () => {
    const directory = empty();
    const first = await writeCounterexample(directory, counterexample);
    expect(await writeCounterexample(directory, counterexample)).toBe(first);
    const other = { ...counterexample, faults: [] };
    const second = await writeCounterexample(directory, other);
    expect(second).toBe(first.replace('.json', '-2.json'));
    expect(await writeCounterexample(directory, other)).toBe(second);
    expect(await readCounterexample(join(directory, first))).toEqual(counterexample);
  });

  test('cannot be written where a file stands in the way', async () => {
    const path = join(empty(), 'file');
    writeFileSync(path, '');
    expect(await refused(writeCounterexample(path, counterexample), UsageError)).toContain(
      `cannot make the directory ${path}`,
    );
  });

  test('that is damaged is named with what is wrong', async () => {
    const path = join(empty(), 'x.json');
    writeFileSync(
      path,
      jsonOf(encodeCounterexample(counterexample)).replace('"seed":7', '"seed":"7"'),
    );
    expect(await refused(readCounterexample(path), SubjectError)).toContain(
      '"search.seed" is "7": expected a JSON integer, 0 or more. See docs/protocol.md, "Counterexample".',
    );
    writeFileSync(path, ' \n');
    expect(await refused(readCounterexample(path), SubjectError)).toContain(`${path} is empty\n`);
    writeFileSync(path, '{"format": 1,');
    expect(await refused(readCounterexample(path), SubjectError)).toContain(
      `${path} is not JSON: `,
    );
    writeFileSync(path, '7');
    expect(await refused(readCounterexample(path), SubjectError)).toContain('it is 7: expected an');
  });

  test('is not a schedule, and the other way round: the message has the line to type', async () => {
    const path = join(empty(), 'x.json');
    writeFileSync(path, jsonOf(encodeCounterexample(counterexample)));
    expect(await refused(readSchedule(path), SubjectError)).toContain(`tickproof replay ${path}`);
    writeFileSync(path, jsonOf(encodeSchedule(schedule)));
    expect(await refused(readCounterexample(path), SubjectError)).toContain(
      `tickproof play ${path}`,
    );
  });
});

describe('a schedule', () => {
  test('is read from a file', async () => {
    const path = join(empty(), 'x.json');
    writeFileSync(path, jsonOf(encodeSchedule(schedule), 2));
    expect(await readSchedule(path)).toEqual(schedule);
  });

  test('that is something else is refused', async () => {
    const path = join(empty(), 'x.json');
    writeFileSync(path, '{"machine": 7}');
    const message = await refused(readSchedule(path), SubjectError);
    expect(message).toContain(`${path} is not a schedule:`);
    expect(message).toContain('"commands" is missing: expected a list.');
  });
});
