import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { conform } from '../../src/app/conform.js';
import { SubjectError } from '../../src/contract/errors.js';

const FOLDER = new URL('../vectors/linux-6.12/', import.meta.url);
const FILES = readdirSync(FOLDER).sort();

const linesOf = (file: string) =>
  gunzipSync(readFileSync(new URL(file, FOLDER)))
    .toString()
    .trimEnd()
    .split('\n');

/** The first lines of a recording, one of them changed. */
const changed = (file: string, line: number, change: (text: string) => string) =>
  linesOf(file)
    .slice(0, line)
    .map((text, index) => (index === line - 1 ? change(text) : text));

describe('the recordings of Linux', () => {
  test('are all there', () => {
    expect(FILES).toHaveLength(70);
  });

  test.each(FILES)('%s is reproduced in every output and every field', (file) => {
    const lines = linesOf(file);
    expect(conform(file, lines)).toEqual({
      file,
      kernel: file.startsWith('pre110-') ? '6.12.109' : '6.12.117',
      commands: lines.length,
      mismatches: 0,
      skipped: 0,
      first: null,
    });
  });

  test('of the kernel before 6.12.110 differ from those after', () => {
    const file = 'pre110-kvm1g.jsonl.gz';
    const outcome = conform(`some/folder/${file}`, linesOf(file), '6.12.117');
    expect(outcome.mismatches).toBeGreaterThan(0);
    expect(outcome.first?.field).toBe('ntp_error');
    expect(conform('C:\\recordings\\pre110-kvm1g', linesOf(file)).mismatches).toBe(0);
  });
});

const FREQ = 'freq-kvm1g.jsonl.gz';
const SUSPEND = 'suspend-pc-tsc25.jsonl.gz';

describe('a difference', () => {
  const firstOf = (file: string, line: number, change: (text: string) => string) =>
    conform(file, changed(file, line, change)).first;

  test('of an output is named with its line', () => {
    const line = linesOf(FREQ).findIndex((text) => text.includes('"cmd":"read"')) + 1;
    const first = firstOf(FREQ, line, (text) => text.replace(/"mono":"\d+"/, '"mono":"7"'));
    expect(first).toMatchObject({ line, field: 'mono', expected: '7' });
  });

  test('of a field that the recording does not list is found', () => {
    const line = linesOf(FREQ).findIndex((text) => text.includes('"mono.cycle_last"'), 1) + 1;
    const tick = linesOf(FREQ).findIndex((text) => /"cmd":"tick".*mono\.cycle_last/.test(text)) + 1;
    expect(line).toBe(1);
    const first = firstOf(FREQ, tick, (text) => text.replace(/"mono\.cycle_last":"\d+",?/, ''));
    expect(first).toMatchObject({ line: tick, field: 'mono.cycle_last' });
  });

  test('of an output that only one side has is found', () => {
    const line = linesOf(FREQ).findIndex((text) => text.includes('"cmd":"read"')) + 1;
    const missing = firstOf(FREQ, line, (text) => text.replace(/"mono":"\d+",/, ''));
    expect(missing).toMatchObject({ field: 'mono', expected: 'nothing' });
    const more = conform(
      FREQ,
      changed(FREQ, line, (text) => text.replace('"out":{', '"out":{"utc":"5",')),
    );
    expect(more).toMatchObject({ mismatches: 0, skipped: 1 });
  });

  test('of a field that the model does not know counts as skipped', () => {
    const outcome = conform(
      FREQ,
      changed(FREQ, 2, (text) => text.replace('"st":{', '"st":{"new":"5",').replace(',}', '}')),
    );
    expect(outcome).toMatchObject({ mismatches: 0, skipped: 1 });
  });

  test.each([
    ['warn', /"warn":8/, '"warn":7'],
    ['vdso.fallback', /"fallback":0/, '"fallback":1'],
  ])('of %s is found', (field, from, to) => {
    const line = linesOf(SUSPEND).findIndex((text) => text.includes('"warn":8')) + 1;
    expect(firstOf(SUSPEND, line, (text) => text.replace(from, to))).toMatchObject({ line, field });
  });

  test.each(['shadow', 'vpage'])(
    'in the %s of a dump is found, and more there is skipped',
    (part) => {
      const lines = linesOf('fuzz-0-tsc25-100.jsonl.gz');
      const end = lines.length;
      const name = part === 'shadow' ? 'offs_boot' : 'v.mult';
      const other = changed('fuzz-0-tsc25-100.jsonl.gz', end, (text) => {
        const at = text.indexOf(`"${part}"`);
        return (
          text.slice(0, at) + text.slice(at).replace(new RegExp(`"${name}":"\\d+"`), `"new":"1"`)
        );
      });
      expect(conform('fuzz', other).first).toMatchObject({
        line: end,
        field: `${part}.${name}`,
        expected: 'nothing',
      });
      const more = changed('fuzz-0-tsc25-100.jsonl.gz', end, (text) =>
        text.replace(`"${part}":{`, `"${part}":{"new":"1",`),
      );
      expect(conform('fuzz', more)).toMatchObject({ mismatches: 0, skipped: 1 });
    },
  );

  test('that stays is counted at every line', () => {
    const lines = changed(FREQ, 3, (text) => text);
    const broken = lines.map((text, index) =>
      index === 0 ? text.replace('"tai_offset":"0"', '"tai_offset":"5"') : text,
    );
    expect(conform(FREQ, broken)).toMatchObject({ commands: 3, mismatches: 3 });
  });
});

describe('a line that is no recorded command', () => {
  const INIT = linesOf(FREQ)[0] ?? '';
  const command = (cmd: string, args: object) => JSON.stringify({ cmd, args, out: {}, st: {} });

  test.each([
    ['cut', [INIT, INIT.slice(0, 50)], /line 2, the line: it is not JSON, or cut; it ends with …/],
    ['not JSON', ['tick'], /line 1, the line: it is not JSON, or cut; it ends with tick/],
    ['a list', ['[]'], /line 1, the line: it is not a JSON object/],
    ['without a command', ['{"args":{}}'], /line 1, cmd: it is missing/],
    ['without arguments', ['{"cmd":"init"}'], /line 1, args: it is missing/],
    ['without state', ['{"cmd":"init","args":{},"out":{}}'], /line 1, st: it is missing/],
    ['before init', [command('tick', {})], /line 1, cmd: "tick" before init/],
    [
      'unknown',
      [INIT, command('reed', {})],
      /line 2, cmd: no command is called "reed"; did you mean read\?/,
    ],
    ['far from any', [INIT, command('constructor', {})], /no command is called "constructor"/],
    ['without its number', [INIT, command('cycles', {})], /line 2, args\.n: it is missing/],
    [
      'with a word for a number',
      [INIT, command('cycles', { n: 'ten' })],
      /args\.n: "ten" is not a whole/,
    ],
    ['with a fraction', [INIT, command('cycles', { n: 1.5 })], /args\.n: 1\.5 is not a whole/],
    [
      'for a counter that is not there',
      [INIT, command('switch', { id: 5 })],
      /args\.id: no counter 5/,
    ],
    [
      'with an output that is no number',
      [INIT.replace(/"mult":"\d+"/, '"mult":null')],
      /out\.mult: null/,
    ],
    ['with a warning that is no number', [INIT.replace('{', '{"warn":[],')], /warn: \[\] is not/],
    [
      'first and incomplete',
      [INIT.replace(/"raw_sec":"0",/, '')],
      /line 1, st\.raw_sec: the first line lists/,
    ],
    [
      'init with no frequency',
      [INIT.replace(/"freq":"\d+"/, '"freq":"0"')],
      /line 1, args: .*freq 0/,
    ],
    ['init with no HZ', [INIT.replace(/"hz":"\d+"/, '"hz":"0"')], /line 1, args: hz is 0/],
    [
      'init on jiffies with no HZ',
      [INIT.replace(/"hz":"\d+"/, '"hz":"0","jiffies":"1"')],
      /line 1, args: hz is 0/,
    ],
  ])('%s is refused with file, line and field', (_, lines, message) => {
    const run = () => conform('a.jsonl', lines);
    expect(run).toThrow(SubjectError);
    expect(run).toThrow(message);
    expect(run).toThrow(/a\.jsonl/);
  });

  test('in a file of nothing is refused, too', () => {
    expect(() => conform('empty.jsonl', ['', '  '])).toThrow(/empty\.jsonl holds no command/);
  });

  test('may be empty', () => {
    expect(conform(FREQ, [INIT, '', ...linesOf(FREQ).slice(1, 5)])).toMatchObject({
      commands: 5,
      mismatches: 0,
    });
  });
});

describe('commands that the recordings at hand do not use', () => {
  const INIT = linesOf(SUSPEND)[0] ?? '';

  test('pc sets what suspend and resume find without numbers of their own', () => {
    const play = (cmd: string, args: object) => JSON.stringify({ cmd, args, out: {}, st: {} });
    const silent = conform(SUSPEND, [
      INIT,
      play('pc', { sec: '1900000000', nsec: '0' }),
      play('suspend', {}),
    ]);
    expect(silent.first).toMatchObject({ line: 3, field: 'suspended' });
    const outcome = conform(SUSPEND, [
      INIT,
      play('pc', { sec: '1900000000', nsec: '0' }),
      JSON.stringify({
        cmd: 'suspend',
        args: {},
        out: {},
        st: {
          suspended: 1,
          suspend_timing_needed: 1,
          'suspend_time.sec': '1900000000',
          'suspend_time.nsec': '0',
        },
      }),
    ]);
    expect(outcome.mismatches).toBe(0);
  });

  test('adjtimex while suspended warns once, of its read', () => {
    const lines = [
      INIT,
      JSON.stringify({ cmd: 'suspend', args: {}, out: {}, st: {} }),
      JSON.stringify({ cmd: 'adjtimex', args: { modes: '0' }, out: { ret: 5 }, st: {} }),
    ];
    expect(conform(SUSPEND, lines).mismatches).toBeGreaterThan(0);
  });
});
