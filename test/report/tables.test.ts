import { describe, expect, test } from 'vitest';
import type { FaultsOutcome, MatrixCell, MatrixOutcome } from '../../src/contract/outcome.js';
import { faultsLines } from '../../src/report/faults.js';
import { faultsJson, listJson, matrixJson } from '../../src/report/json.js';
import { listLines } from '../../src/report/list.js';
import { matrixLines, matrixMarkdown, needLines } from '../../src/report/matrix.js';
import { page } from '../../src/report/style.js';
import { ABOUT } from './examples.js';

const STYLE = { columns: 80, rich: false };
const NARROW = { columns: 44, rich: false };

function cell(law: string, verdict: MatrixCell['verdict'], expected: MatrixCell['expected']) {
  const commands = verdict === 'violated' ? 3 : null;
  return { law, verdict, witnesses: 5, commands, counterexample: null, expected };
}

const MATRIX: MatrixOutcome = {
  seed: 7,
  runs: 200,
  commandsExecuted: 4_000,
  elapsedMs: 3_100,
  laws: ['clocks-agree', 'skips-stopped-time'],
  designs: [
    {
      name: 'counters-run-on',
      cells: [
        cell('clocks-agree', 'holds', 'kept'),
        cell('skips-stopped-time', 'violated', 'broken'),
      ],
    },
    {
      name: 'cooperative-freeze',
      cells: [cell('clocks-agree', 'holds', 'kept'), cell('skips-stopped-time', 'holds', 'kept')],
    },
    { name: 'new', cells: [cell('clocks-agree', 'vacuous', 'kept')] },
  ],
};

const ODD: MatrixOutcome = {
  ...MATRIX,
  designs: [
    {
      name: 'odd',
      cells: [
        { ...cell('clocks-agree', 'violated', 'kept'), commands: null },
        cell('skips-stopped-time', 'holds', 'broken'),
      ],
    },
  ],
};

describe('matrix', () => {
  test('laws stand down and designs across', () => {
    expect(page(STYLE, matrixLines(ABOUT, MATRIX, STYLE))).toBe(
      `tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12   seed 7

                    counters-run-on  cooperative-freeze  new
clocks-agree        kept             kept                not tested
skips-stopped-time  broken in 3      kept                not tested

200 runs a design, 4,000 commands, 3.1 s, seed 7: kept 3, broken 1 (all
expected), not tested 1
`,
    );
  });

  test('a narrow page takes several tables', () => {
    const lines = matrixLines(ABOUT, MATRIX, NARROW);
    expect(lines.filter((line) => line.startsWith('clocks-agree'))).toHaveLength(3);
  });

  test('a cell that is not what its design states is marked and explained', () => {
    const text = page(STYLE, matrixLines(ABOUT, ODD, STYLE));
    expect(text).toContain('clocks-agree        broken !');
    expect(text).toContain('skips-stopped-time  kept !');
    expect(text).toContain('! odd breaks clocks-agree, and states that it keeps it');
    expect(text).toContain('! odd was not seen to break skips-stopped-time, and states that it');
    expect(text).toMatch(/broken 1 \(1 not\s+expected\)/);
  });

  test('Markdown is a table of its own', () => {
    const lines = matrixMarkdown(ABOUT, MATRIX);
    expect(lines[0]).toBe('| law | `counters-run-on` | `cooperative-freeze` | `new` |');
    expect(lines[3]).toBe('| `skips-stopped-time` | broken in 3 | kept | not tested |');
  });

  test('what a need leaves, what each of those pays, and why the others are out', () => {
    expect(page(STYLE, needLines(MATRIX, ['skips-stopped-time', 'clocks-agree'], STYLE))).toBe(
      `keeps skips-stopped-time, clocks-agree

  cooperative-freeze
    breaks      nothing
    not tested  nothing

  not counters-run-on: breaks skips-stopped-time
  not new: skips-stopped-time not tested, clocks-agree not tested

200 runs a design, 4,000 commands, 3.1 s, seed 7
`,
    );
    expect(needLines(ODD, ['clocks-agree'], STYLE)).toContain('  no design');
  });

  test('JSON holds the cells by law, and --need filters the designs', () => {
    const json = JSON.parse(matrixJson(ABOUT, MATRIX, null));
    expect(json.designs[0].cells['skips-stopped-time']).toEqual({
      verdict: 'violated',
      witnesses: 5,
      commands: 3,
      expected: 'broken',
    });
    const needed = JSON.parse(matrixJson(ABOUT, MATRIX, ['skips-stopped-time']));
    expect(needed.designs.map((design: { name: string }) => design.name)).toEqual([
      'cooperative-freeze',
    ]);
  });
});

const FAULTS: FaultsOutcome = {
  seed: 7,
  elapsedMs: 2_000,
  faults: [
    {
      name: 'core-mult-overflow',
      source: 'https://example.org/1',
      caughtBy: ['monotonic-never-decreases', 'clocks-agree'],
      runs: 65,
      commands: 4,
      minimum: 4,
      evaluations: 900,
    },
    {
      name: 'survivor',
      source: 'https://example.org/2',
      caughtBy: [],
      runs: null,
      commands: null,
      minimum: null,
      evaluations: 100,
    },
  ],
};

describe('faults', () => {
  test('who caught it, after how many runs, and how small it became', () => {
    expect(page(STYLE, faultsLines(ABOUT, FAULTS, STYLE))).toBe(
      `tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12   seed 7

fault                 runs  commands  minimum  caught by
core-mult-overflow      65         4        4  monotonic-never-decreases,
                                               clocks-agree
survivor                 -         -        -  SURVIVED

2 faults: 1 caught, 1 survived; 1,000 evaluations, 2.0 s, seed 7
`,
    );
  });

  test('on a narrow page the laws stand below', () => {
    expect(faultsLines(ABOUT, FAULTS, NARROW)).toContain(
      '    monotonic-never-decreases, clocks-agree',
    );
  });

  test('JSON repeats the rows', () => {
    expect(JSON.parse(faultsJson(ABOUT, FAULTS)).faults).toEqual(FAULTS.faults);
  });
});

describe('list', () => {
  const laws = [
    { name: 'a', statement: 'The first.' },
    { name: 'longer', statement: 'The second.' },
  ];

  test('one list stands without a heading, several with', () => {
    expect(listLines({ laws }, STYLE)).toEqual(['  a       The first.', '  longer  The second.']);
    expect(listLines({ laws, events: [] }, STYLE)).toContain('events');
  });

  test('on a narrow page the statement stands below its name', () => {
    const long = [{ name: 'a-very-long-name-of-a-law', statement: 'It is so.' }];
    expect(listLines({ laws: long }, NARROW)).toEqual([
      '  a-very-long-name-of-a-law',
      '      It is so.',
    ]);
  });

  test('JSON is keyed by the name of the list', () => {
    expect(JSON.parse(listJson(ABOUT, { laws }))).toEqual({
      command: 'list',
      version: '1.2.3',
      core: { linux: '6.12.117', kvm: '6.12' },
      laws,
    });
  });
});
