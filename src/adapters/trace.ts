import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { SubjectError } from '../contract/errors.js';
import type { Event } from '../contract/event.js';
import type { Machine } from '../contract/machine.js';
import { decodeEvent, decodeTraceHeader, type TraceHeader } from '../contract/wire.js';
import { unreadable } from './files.js';

/** A recording: what its first line says, and its events, one a line. */
export interface Trace<Events> {
  readonly header: TraceHeader;
  readonly machine: Machine;
  /** In the order of the file. */
  readonly events: Events;
}

/** Longer than any event: a file without line ends is not a trace, and must not fill the memory. */
const LONGEST_LINE = 2 ** 20;

/**
 * Opens a recording, plain or gzip, told apart by content; `-` is standard input.
 *
 * The events are read as they are asked for, a line at a time, and can be asked for once.
 *
 * @throws {UsageError} where the file cannot be read.
 * @throws {SubjectError} where it is no trace; `events` throws it for the first line that is no event.
 */
export async function openTrace(path: string): Promise<Trace<AsyncIterable<Event>>> {
  const name = path === '-' ? 'standard input' : path;
  const lines = jsonLines(path, name);
  const first = await lines.next();
  if (first.done === true) {
    throw new SubjectError(
      `${name} is empty: line 1 of a trace is its header. See docs/protocol.md, "Trace".`,
    );
  }
  const header = decodeTraceHeader(first.value.wire, { source: name, line: first.value.line });
  return { header, machine: header.machine, events: eventsOf(lines, header.machine, name) };
}

/**
 * The twin of {@link openTrace} for files that fit into memory.
 *
 * @throws as openTrace and its events do.
 */
export async function readTrace(path: string): Promise<Trace<readonly Event[]>> {
  const trace = await openTrace(path);
  const events: Event[] = [];
  for await (const event of trace.events) events.push(event);
  return { ...trace, events };
}

async function* eventsOf(
  lines: AsyncIterable<Line>,
  machine: Machine,
  source: string,
): AsyncGenerator<Event, void, undefined> {
  for await (const { wire, line } of lines) yield decodeEvent(wire, machine, { source, line });
}

interface Line {
  readonly wire: unknown;
  /** From 1. */
  readonly line: number;
}

/** Every line that is not blank, parsed. */
async function* jsonLines(path: string, name: string): AsyncGenerator<Line, void, undefined> {
  let line = 0;
  let rest = '';
  for await (const text of texts(path, name)) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      line++;
      if (part.trim() !== '') yield { wire: parse(part, line, name, false), line };
    }
    if (rest.length > LONGEST_LINE) {
      throw new SubjectError(
        `${name}, line ${line + 1} is longer than ${LONGEST_LINE} characters: this is no trace.\n` +
          '  A trace holds one JSON object a line. See docs/protocol.md, "Trace".',
      );
    }
  }
  if (rest.trim() !== '') yield { wire: parse(rest, line + 1, name, true), line: line + 1 };
}

function parse(text: string, line: number, name: string, last: boolean): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const excerpt = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    const cut = last && /^\s*\{/.test(text);
    throw new SubjectError(
      `${name}, line ${line} ${cut ? 'is cut: the file ends in the middle of it' : 'is not JSON'}:\n` +
        `  ${excerpt}\n  ` +
        (cut
          ? `Copy the file again, or delete line ${line} to judge what is there.`
          : 'A trace holds one JSON object a line. See docs/protocol.md, "Trace".'),
    );
  }
}

/** The text of a file in pieces, unzipped, without a byte order mark. */
async function* texts(path: string, name: string): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let start = true;
  try {
    for await (const chunk of await unzipped(path)) {
      const text = decoder.write(chunk);
      yield start && text.startsWith('\uFEFF') ? text.slice(1) : text;
      start &&= text === '';
    }
    yield decoder.end();
  } catch (error) {
    throw await trouble(path, name, error);
  }
}

async function unzipped(path: string): Promise<AsyncIterable<Buffer>> {
  const bytes: Readable = path === '-' ? process.stdin : createReadStream(path);
  const head = await firstBytes(bytes);
  if (head[0] !== 0x1f || head[1] !== 0x8b) return bytes;
  const gunzip = createGunzip();
  // An error of the file surfaces in `gunzip`, which is what is read.
  pipeline(bytes, gunzip, () => undefined);
  return gunzip;
}

/** The first bytes of a stream, up to two, which stay to be read. */
async function firstBytes(bytes: Readable): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    bytes.once('readable', resolve).once('end', resolve).once('error', reject);
  });
  const chunk: unknown = bytes.read();
  if (!Buffer.isBuffer(chunk)) return Buffer.alloc(0);
  bytes.unshift(chunk);
  return chunk;
}

async function trouble(path: string, name: string, error: unknown): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.startsWith('Z_')) return unreadable(path, error);
  const what =
    code === 'Z_BUF_ERROR' ? 'is cut: the gzip data ends too early' : 'holds broken gzip data';
  return new SubjectError(
    `${name} ${what}.\n  \`gzip -t\` tells whether a copy is whole; copy the file again.`,
    { cause: error },
  );
}
