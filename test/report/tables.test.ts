import { describe, expect, test } from 'vitest';
import type { FaultsOutcome, MatrixCell, MatrixOutcome } from '../../src/contract/outcome.js';
import { faultsLines } from '../../src/report/faults.js';
import { faultsJson, listJson, matrixJson } from '../../src/report/json.js';
import { listLines } from '../../src/report/list.js';
import { differs, matrixLines, matrixMarkdown } from '../../src/report/matrix.js';
import { labelsOf } from '../../src/report/matrix-table.js';
import { needLines } from '../../src/report/need.js';
import { page } from '../../src/report/style.js';
import { ABOUT } from './examples.js';

const STYLE = { columns: 80, rich: false };
const NARROW = { columns: 44, rich: false };

function cell(
  law: string,
  verdict: MatrixCell['verdict'],
  expected: MatrixCell['expected'],
  because: string | null = null,
): MatrixCell {
  const commands = verdict === 'violated' ? 3 : null;
  return { law, verdict, witnesses: 5, commands, counterexample: null, expected, because };
}

const JUMPS = 'the counter counts the stop';
const NO_TIMERS = 'readers of the page have no timers';

const MATRIX: MatrixOutcome = {
  seed: 7,
  runs: 200,
  commandsExecuted: 4_000,
  elapsedMs: 3_100,
  laws: ['clocks-agree', 'skips-stopped-time'],
  designs: [
    {
      name: 'naive',
      cells: [
        cell('clocks-agree', 'holds', 'kept'),
        cell('skips-stopped-time', 'violated', 'broken', JUMPS),
      ],
    },
    {
      name: 'naive-frozen',
      cells: [cell('clocks-agree', 'holds', 'kept'), cell('skips-stopped-time', 'holds', 'kept')],
    },
    {
      name: 'page',
      cells: [
        cell('clocks-agree', 'vacuous', 'vacuous', NO_TIMERS),
        cell('skips-stopped-time', 'vacuous', 'vacuous', NO_TIMERS),
      ],
    },
    {
      name: 'page-of-its-own',
      cells: [
        cell('clocks-agree', 'violated', 'broken', JUMPS),
        cell('skips-stopped-time', 'holds', 'kept'),
      ],
    },
  ],
};

/** A cell of each verdict that its design does not state. */
const ODD: MatrixOutcome = {
  ...MATRIX,
  laws: ['a', 'b', 'c', 'd', 'e', 'f'],
  designs: [
    {
      name: 'odd',
      cells: [
        { ...cell('a', 'violated', 'kept'), commands: null },
        cell('b', 'violated', 'vacuous', NO_TIMERS),
        cell('c', 'holds', 'broken', JUMPS),
        cell('d', 'holds', 'vacuous', NO_TIMERS),
        cell('e', 'vacuous', 'kept'),
        cell('f', 'vacuous', 'broken', JUMPS),
      ],
    },
  ],
};

describe('matrix', () => {
  test('designs stand down, variants under their design, and laws across', () => {
    expect(page(STYLE, matrixLines(ABOUT, MATRIX, STYLE))).toBe(
      `tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12   seed 7

              clocks-agree  skips-stopped-time
naive         kept          broken in 3
  frozen      kept          kept
page          -             -
  of-its-own  broken in 3   kept

- not tested:
  readers of the page have no timers
      page (A B)

200 runs a design, 4,000 commands, 3.1 s, seed 7: kept 4, broken 2 (all
expected), not tested 2 (all expected)
`,
    );
  });

  test('a page too narrow for words has a letter for each law, and names them', () => {
    const text = page(NARROW, matrixLines(ABOUT, MATRIX, NARROW));
    expect(text).toContain('  A  clocks-agree\n  B  skips-stopped-time\n');
    expect(text).toContain(
      `
              A  B
naive        ok  3
  frozen     ok ok
page          -  -
  of-its-own  3 ok
`,
    );
  });

  test('a name that leaves no room for its row has a line of its own', () => {
    const laws = Array.from({ length: 15 }, (_, at) => `a-law-of-some-length-${at}`);
    const name = 'a-design-with-a-name-of-more-than-forty-letters';
    const cells = laws.map((law) => cell(law, 'holds', 'kept'));
    const lines = matrixLines(ABOUT, { ...MATRIX, laws, designs: [{ name, cells }] }, STYLE);
    const at = lines.indexOf(name);
    expect(lines[at + 1]?.trim().split(' ')).toEqual(laws.map(() => 'ok'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  test('a variant is told by what its name has beside the one before', () => {
    expect(labelsOf(['a', 'a-b', 'a-b-c', 'ab', 'ab-a'])).toEqual([
      'a',
      '  b',
      '  b-c',
      'ab',
      '  a',
    ]);
  });

  test('a cell that is not what its design states is marked and explained', () => {
    expect(MATRIX.designs.flatMap(({ cells }) => cells).filter(differs)).toEqual([]);
    const text = page(STYLE, matrixLines(ABOUT, ODD, STYLE));
    expect(text).toContain('odd  broken !  broken in 3 !  kept !  kept !  - !  - !');
    const plain = text.replace(/\s+/g, ' ');
    for (const sentence of [
      '! odd breaks a, and states that it keeps it',
      `! odd breaks b in 3 commands, and states that it cannot put it to the test: ${NO_TIMERS}`,
      `! odd was not seen to break c, and states that it breaks it: ${JUMPS}`,
      `! odd was not seen to break d, and states that it cannot put it to the test: ${NO_TIMERS}`,
      '! odd never put e to the test, and states that it keeps it',
      `! odd never put f to the test, and states that it breaks it: ${JUMPS}`,
      'kept 2 (2 not expected), broken 2 (2 not expected), not tested 2 (2 not expected)',
    ]) {
      expect(plain).toContain(sentence);
    }
    const narrow = page(NARROW, matrixLines(ABOUT, ODD, NARROW));
    expect(narrow).toContain('odd  x! 3!ok!ok! -! -!');
  });

  test('Markdown is a table of its own', () => {
    expect(matrixMarkdown(ABOUT, MATRIX).join('\n')).toBe(
      `| design | A | B |
| --- | --- | --- |
| \`naive\` | kept | broken in 3 |
| \`naive-frozen\` | kept | kept |
| \`page\` | – | – |
| \`page-of-its-own\` | broken in 3 | kept |

- A: \`clocks-agree\`
- B: \`skips-stopped-time\`

- –: readers of the page have no timers: page (A B)

tickproof 1.2.3   core Linux 6.12.117, KVM rules 6.12, seed 7, 200 runs a design: kept 4, broken 2 (all expected), not tested 2 (all expected).`,
    );
  });

  test('what a need leaves, the cheapest first, what each pays, and why the others are out', () => {
    expect(page(STYLE, needLines(MATRIX, ['skips-stopped-time'], STYLE))).toBe(
      `2 of 4 designs keep skips-stopped-time:

  naive-frozen   breaks nothing
  page-of-its-own
      breaks      clocks-agree: the counter counts the stop

These break skips-stopped-time:
  naive: the counter counts the stop

These never put skips-stopped-time to the test:
  page: readers of the page have no timers

200 runs a design, 4,000 commands, 3.1 s, seed 7
`,
    );
    const none = page(STYLE, needLines(ODD, ['a', 'c'], STYLE));
    expect(none).toContain('0 of 1 design keep a and c:\n\n  none\n');
    expect(none).toContain('These break a:\n  odd: not what the design states\n');
  });

  test('a reason too long for the line stands below the designs that have it', () => {
    const lines = needLines(MATRIX, ['skips-stopped-time'], { ...STYLE, columns: 36 });
    const at = lines.indexOf('  page:');
    expect(lines[at + 1]).toBe('      readers of the page have no timers');
  });

  test('JSON holds the cells by law, and --need filters the designs', () => {
    const json = JSON.parse(matrixJson(ABOUT, MATRIX, null));
    expect(json.designs[0].cells['skips-stopped-time']).toEqual({
      verdict: 'violated',
      witnesses: 5,
      commands: 3,
      expected: 'broken',
      because: JUMPS,
    });
    const needed = JSON.parse(matrixJson(ABOUT, MATRIX, ['skips-stopped-time']));
    expect(needed.designs.map((design: { name: string }) => design.name)).toEqual([
      'naive-frozen',
      'page-of-its-own',
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
