// Converts a raw recording of a guest agent under QEMU into a trace that `tickproof judge` reads.
//
//   node convert.mjs RAW.jsonl.gz > trace.jsonl
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { declare } from './declare.mjs';
import { Converter } from './events.mjs';
import { Recording } from './recording.mjs';

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('usage: node convert.mjs RAW.jsonl.gz > trace.jsonl\n');
  process.exit(2);
}

const bytes = readFileSync(path);
const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
const lines = text.split('\n').filter((line) => line.trim() !== '');
const recording = new Recording(lines.map((line) => JSON.parse(line)));
const converter = new Converter(recording);
const events = converter.run();
const header = declare(recording, converter, basename(path));
for (const each of [header, ...events]) process.stdout.write(`${line(each)}\n`);

/** One line of a trace: numbers of 64 bits are decimal strings. */
function line(value) {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}` : each));
}
