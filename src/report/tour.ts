import type { Counterexample } from '../contract/counterexample.js';
import type { About, Answer, Answers, JudgeOutcome, MatrixOutcome } from '../contract/outcome.js';
import { banner } from './check.js';
import { counterexampleLines } from './counterexample.js';
import { matrixSummary } from './matrix.js';
import { counted, elapsed } from './numbers.js';
import { hang, paint, type Style } from './style.js';

/** Everything that the first screen shows; all of it was computed a moment ago. */
export interface TourView {
  readonly about: About;
  readonly answers: Answers;
  /** Step lists that were searched for one that keeps both promises, and those that did. */
  readonly oneEvil: { readonly lists: number; readonly exceptions: number };
  readonly matrix: MatrixOutcome;
  /** Of Cloud Hypervisor before March 2026. */
  readonly shortest: Counterexample | null;
  /** The line that replays it. */
  readonly replayLine: string | null;
  readonly recordings: readonly { readonly name: string; readonly outcome: JudgeOutcome }[];
}

export function tourLines(view: TourView, style: Style): readonly string[] {
  const { about, answers, matrix, recordings } = view;
  return [
    `${banner(about)}   seed ${matrix.seed}`,
    '',
    ...monotonicLines(answers, style),
    '',
    ...realtimeLines(view, style),
    '',
    ...matrixLines(matrix, style),
    '',
    ...shortestLines(view, style),
    'A real guest, recorded (QEMU 7.2 TCG, Linux 6.1):',
    '',
    ...recordings.flatMap(({ name, outcome }) => recordingLines(name, outcome, style)),
    '',
    'Next   your own order       npx tickproof order --help',
    '       all promises         npx tickproof list laws',
    '       the whole matrix     npx tickproof matrix',
    '       bugs put back        npx tickproof faults',
    '       lockless readers     npx tickproof explore',
    '       your own model       npx tickproof check ./mine.ts',
    '       your own recording   npx tickproof judge trace.jsonl',
  ];
}

const CELL = 11;
const GROUPS: Readonly<Record<string, string>> = {
  pause: 'pause, resume',
  save: 'snapshot, restore',
};

/** A stop between two steps may count: said of the one design of the table that reads its clock twice. */
const READ_TWICE = 'qemu-migrate-kvmclock-live';

/** The table of the first question. */
export function monotonicLines({ columns, rows }: Answers, style: Style): readonly string[] {
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const heads = columns.map((column) => column.split(' '));
  const groups = [...new Set(heads.map(([group = '']) => group))].map((group) => {
    const count = heads.filter(([each]) => each === group).length;
    return (GROUPS[group] ?? group).padEnd(count * CELL);
  });
  const indent = ' '.repeat(width + 2);
  return [
    `${paint(style, 'strong', 'Does CLOCK_MONOTONIC count the time a guest was stopped?')}   (Linux: no)`,
    '',
    `${indent}${groups.join('')}`.trimEnd(),
    `${indent}${heads.map(([, name = '']) => name.padEnd(CELL)).join('')}`.trimEnd(),
    ...rows.map(({ name, entries }) => {
      const cells = entries.map((entry) => {
        const text = monotonicWord(entry).padEnd(CELL);
        return entry.monotonic === 'violated' ? paint(style, 'bad', text) : text;
      });
      return `  ${name.padEnd(width)}${cells.join('').trimEnd()}`;
    }),
    '  * up to the time between stop and save',
  ];
}

/** The answer of Linux in small letters, the other one in capitals. */
export function monotonicWord({ monotonic, design }: Answer): string {
  if (monotonic === 'vacuous') return 'not tested';
  if (monotonic === 'violated') return 'YES';
  return design === READ_TWICE ? 'no *' : 'no';
}

/** The answer to the second question follows from the first, but for guests that help themselves: if it does. */
export function realtimeLines({ answers, oneEvil }: TourView, style: Style): readonly string[] {
  const entries = answers.rows.flatMap((row) => row.entries);
  const follows = entries.every(({ monotonic, realtime, helps }) =>
    helps ? realtime === 'holds' : (monotonic === 'violated') === (realtime === 'holds'),
  );
  const { lists, exceptions } = oneEvil;
  const answer =
    follows && exceptions === 0
      ? 'YES above is right here, no above is wrong here, except the freeze: no design that runs no guest code on resume keeps both.'
      : 'It does not follow from the table above: see npx tickproof matrix.';
  return [
    paint(style, 'strong', 'Is CLOCK_REALTIME right at the first read afterwards?'),
    ...hang('  ', answer, style),
    `  searched ${counted(lists, 'step list')}, ${counted(exceptions, 'exception')}`,
  ];
}

function matrixLines(matrix: MatrixOutcome, style: Style): readonly string[] {
  const laws = counted(matrix.laws.length, 'promise');
  return [
    `${laws} x ${counted(matrix.designs.length, 'design')}, ` +
      `${counted(matrix.commandsExecuted, 'command')}, ${elapsed(matrix.elapsedMs)}`,
    ...hang('  ', matrixSummary(matrix), style),
  ];
}

function shortestLines({ shortest, replayLine }: TourView, style: Style): readonly string[] {
  if (shortest === null) return [];
  return [
    'Shortest broken promise, Cloud Hypervisor before March 2026 (#7930):',
    '',
    ...counterexampleLines(shortest, { replay: replayLine, search: null }, style),
    '',
  ];
}

function recordingLines(name: string, outcome: JudgeOutcome, style: Style): readonly string[] {
  const head = `  ${name}   ${counted(outcome.events, 'event')}   `;
  const broken = outcome.laws.flatMap((law) => (law.violation === null ? [] : [law]));
  const tested = outcome.laws.filter((law) => law.verdict !== 'vacuous').length;
  if (broken.length === 0) return [`${head}all ${tested} tested promises hold`];
  return [
    `${head}${tested - broken.length} of ${tested} tested promises hold`,
    ...broken.flatMap(({ name: law, violation }) => [
      `    ${paint(style, 'bad', 'BROKEN')}  ${law}`,
      ...hang('            ', violation?.observed ?? '', style),
    ]),
  ];
}
