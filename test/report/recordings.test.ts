import { describe, expect, test } from 'vitest';
import type { ConformOutcome, JudgeOutcome } from '../../src/contract/outcome.js';
import { conformJson, errorJson, judgeJson } from '../../src/report/json.js';
import { conformLines, judgeLines } from '../../src/report/recordings.js';
import { page } from '../../src/report/style.js';
import { ABOUT, COUNTEREXAMPLE, LAW } from './examples.js';

const STYLE = { columns: 80, rich: false };

const JUDGED: JudgeOutcome = {
  file: '05.jsonl.gz',
  events: 513,
  laws: [
    { name: LAW.name, verdict: 'violated', witnesses: 2, violation: COUNTEREXAMPLE.violation },
    { name: 'clocks-agree', verdict: 'holds', witnesses: 40, violation: null },
    { name: 'timer-fires-once', verdict: 'vacuous', witnesses: 0, violation: null },
  ],
};

describe('judge', () => {
  test('a broken law shows its evidence from the recording', () => {
    const view = { outcome: JUDGED, origin: 'QEMU 7.2 TCG, guest 6.1' };
    const text = page(STYLE, judgeLines(ABOUT, [view], [LAW], STYLE));
    expect(text).toContain('05.jsonl.gz   513 events\n  QEMU 7.2 TCG, guest 6.1\n');
    expect(text).toContain('BROKEN  monotonic-never-decreases');
    expect(text).toContain('  +5.000000000 s  >> read CLOCK_MONOTONIC  5.000000000 s');
    expect(text).toContain('clocks-agree               holds       tested 40 times');
    expect(text).toContain('\n\n1 law holds, 1 broken, 1 not tested');
  });

  test('a recording of unknown origin is judged as well', () => {
    const text = judgeLines(ABOUT, [{ outcome: JUDGED, origin: null }], [], STYLE).join('\n');
    expect(text).not.toContain('BROKEN  monotonic');
    expect(text).toContain('BROKEN');
  });

  test('JSON has a violation or null for each law', () => {
    const json = JSON.parse(judgeJson(ABOUT, [JUDGED]));
    expect(json.files[0].laws[0].violation.observed).toContain('back');
    expect(json.files[0].laws[1]).toEqual({
      name: 'clocks-agree',
      verdict: 'holds',
      witnesses: 40,
      violation: null,
    });
  });
});

const CONFORMED: readonly ConformOutcome[] = [
  { file: 'a.jsonl.gz', kernel: '6.12.117', commands: 700, mismatches: 0, skipped: 0, first: null },
  {
    file: 'b.jsonl.gz',
    kernel: '6.12.109',
    commands: 300,
    mismatches: 2,
    skipped: 5,
    first: { line: 12, field: 'st.mult', expected: '5', observed: '6' },
  },
];

describe('conform', () => {
  test('the first difference of a file is shown', () => {
    expect(page(STYLE, conformLines(ABOUT, CONFORMED, STYLE))).toBe(
      `tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12

equal      a.jsonl.gz   700 commands on 6.12.117
DIFFERENT  b.jsonl.gz   300 commands on 6.12.109, 2 differences
  line 12   st.mult
    expected   5
    observed   6

2 files, 1,000 commands: 2 differences, 5 not replayed by this version
`,
    );
  });

  test('what was replayed whole says nothing of the rest', () => {
    expect(conformLines(ABOUT, CONFORMED.slice(0, 1), STYLE).at(-1)).toBe(
      '1 file, 700 commands: 0 differences',
    );
  });

  test('JSON repeats the outcome', () => {
    expect(JSON.parse(conformJson(ABOUT, CONFORMED)).files).toEqual(CONFORMED);
  });
});

test('an error is a JSON document too', () => {
  expect(JSON.parse(errorJson(ABOUT, 'check', 'UsageError', 'no'))).toEqual({
    command: 'check',
    version: '1.2.3',
    error: { kind: 'UsageError', message: 'no' },
  });
});
