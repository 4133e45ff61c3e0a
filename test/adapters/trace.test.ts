import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openTrace, readTrace } from '../../src/adapters/trace.js';
import { SubjectError, UsageError } from '../../src/contract/errors.js';
import { encodeEvent, encodeTraceHeader, jsonOf } from '../../src/contract/wire.js';
import { header, read } from '../contract/wire-fixtures.js';
import { withStdin } from './stdin.js';

const directory = mkdtempSync(join(tmpdir(), 'tickproof-trace-'));
const HEADER = jsonOf(encodeTraceHeader(header));
const EVENT = jsonOf(encodeEvent(read));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** The message of the error, which must be of the class `kind`. */
async function refused(path: string, kind: typeof SubjectError | typeof UsageError) {
  const error: unknown = await readTrace(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(kind);
  return error instanceof Error ? error.message.replaceAll(`${directory}/`, '') : '';
}

describe('a trace is read', () => {
  const lines = `${HEADER}\n${EVENT}\n${EVENT}\n`;

  test('plain or gzip, whatever its name says', async () => {
    const { events, ...rest } = await readTrace(file('plain.gz', lines));
    expect(rest).toEqual({ header, machine: header.machine });
    expect(events).toEqual([read, read]);
    expect((await readTrace(file('zipped.jsonl', gzipSync(lines)))).events).toEqual([read, read]);
  });

  test('with Windows line ends, blank lines, a byte order mark, and no end of the last line', async () => {
    const text = `\uFEFF${HEADER}\r\n\r\n${EVENT}\r\n  \n${EVENT}`;
    expect((await readTrace(file('odd.jsonl', text))).events).toHaveLength(2);
  });

  test('from standard input, plain or gzip', async () => {
    const plain = await withStdin(lines, () => readTrace('-'));
    expect(plain.events).toHaveLength(2);
    const zipped = await withStdin(gzipSync(lines), () => readTrace('-'));
    expect(zipped.events).toHaveLength(2);
  });

  test('an event at a time, so that a wrong line at the end does not hide those before it', async () => {
    const trace = await openTrace(file('late.jsonl', `${lines}{"kind":"x"}\n`));
    const seen: unknown[] = [];
    const all = async () => {
      for await (const event of trace.events) seen.push(event);
    };
    await expect(all()).rejects.toThrow('late.jsonl, line 4 is not an event');
    expect(seen).toHaveLength(2);
  });

  test('over the borders of its chunks, and of its characters', async () => {
    const notes = Array.from({ length: 9000 }, () => 'größer als ein Stück µ');
    const wide = { ...header, notes };
    const text = `${jsonOf(encodeTraceHeader(wide))}\n${`${EVENT}\n`.repeat(900)}`;
    const trace = await readTrace(file('wide.jsonl.gz', gzipSync(text)));
    expect(trace.header.notes).toEqual(notes);
    expect(trace.events).toHaveLength(900);
  });
});

describe('a file that is no trace is refused', () => {
  test('because it does not exist, with the nearest name', async () => {
    file('recording.jsonl', HEADER);
    expect(await refused(join(directory, 'recordin.jsonl'), UsageError)).toBe(
      'cannot read recordin.jsonl: there is no such file.\n  Did you mean recording.jsonl?',
    );
    expect(await refused('/nowhere/a.jsonl', UsageError)).toContain(
      'There is no directory /nowhere',
    );
  });

  test('because it is a directory', async () => {
    expect(await refused(directory, UsageError)).toContain('it is a directory.');
  });

  test('because it is empty', async () => {
    const says = 'is empty: line 1 of a trace is its header. See docs/protocol.md, "Trace".';
    expect(await refused(file('a.jsonl', ''), SubjectError)).toBe(`a.jsonl ${says}`);
    expect(await refused(file('a.gz', gzipSync('\n\n')), SubjectError)).toBe(`a.gz ${says}`);
    await withStdin('', async () => {
      expect(await refused('-', SubjectError)).toBe(`standard input ${says}`);
    });
  });

  test('because its last line is cut', async () => {
    const text = `${HEADER}\n${EVENT}\n${EVENT.slice(0, 40)}`;
    expect(await refused(file('cut.jsonl', text), SubjectError)).toBe(
      'cut.jsonl, line 3 is cut: the file ends in the middle of it:\n' +
        `  ${EVENT.slice(0, 40)}\n` +
        '  Copy the file again, or delete line 3 to judge what is there.',
    );
  });

  test('because its gzip data is cut or broken', async () => {
    const zipped = gzipSync(`${HEADER}\n${EVENT}\n`);
    expect(await refused(file('cut.gz', zipped.subarray(0, -9)), SubjectError)).toContain(
      'cut.gz is cut: the gzip data ends too early.\n  `gzip -t` tells',
    );
    const broken = Buffer.from(zipped);
    broken.fill(0xff, 20, 40);
    expect(await refused(file('broken.gz', broken), SubjectError)).toContain(
      'broken.gz holds broken gzip data.',
    );
  });

  test('because a line is not JSON', async () => {
    const text = `${HEADER}\nread mono 17 ${'x'.repeat(200)}\n`;
    const message = await refused(file('text.jsonl', text), SubjectError);
    expect(message).toMatch(/^text\.jsonl, line 2 is not JSON:\n {2}read mono 17 x+…\n/);
    expect(message).toContain('holds one JSON object a line. See docs/protocol.md, "Trace".');
    expect(await refused(file('end.jsonl', `${HEADER}\nend`), SubjectError)).toContain(
      'end.jsonl, line 2 is not JSON:',
    );
  });

  test('because its header is of another version', async () => {
    const text = HEADER.replace('"format":1', '"format":9');
    expect(await refused(file('new.jsonl', text), SubjectError)).toContain(
      'new.jsonl, line 1 is of format 9, and this tickproof reads format 1.',
    );
  });

  test('because it has no header', async () => {
    const message = await refused(file('headless.jsonl', `${EVENT}\n`), SubjectError);
    expect(message).toContain('headless.jsonl, line 1 is not the header of a trace:');
    expect(message).toContain('"format" is missing: expected 1. See docs/protocol.md, "Trace".');
  });

  test('because a field is wrong, with its line, what it is, and the way out', async () => {
    const text = `${HEADER}\n${EVENT}\n\n${EVENT.replace('"vdso"', '"vsdo"')}\n`;
    expect(await refused(file('field.jsonl', text), SubjectError)).toMatch(
      /^field\.jsonl, line 4 is not an event:\n.*\n {2}"via" is "vsdo": did you mean "vdso"\? See/,
    );
  });

  test('because a line never ends', async () => {
    const message = await refused(file('long.jsonl', 'x'.repeat(2 ** 20 + 1)), SubjectError);
    expect(message).toContain('long.jsonl, line 1 is longer than 1048576 characters');
  });
});
