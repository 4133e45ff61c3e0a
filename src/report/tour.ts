import type { Counterexample } from '../contract/counterexample.js';
import type { About, JudgeOutcome, MatrixOutcome } from '../contract/outcome.js';
import type { Verdict } from '../contract/property.js';
import { banner } from './check.js';
import { counterexampleLines } from './counterexample.js';
import { matrixSummary } from './matrix.js';
import { counted, elapsed } from './numbers.js';
import { hang, paint, type Style } from './style.js';

/** What a reader wants to know of every design, and the law that answers it. */
export interface Question {
  readonly text: string;
  readonly law: string;
  /** The answer that the law stands for. */
  readonly linux: 'yes' | 'no';
}

/** A question put to every design: a verdict for each way to stop a guest. */
export interface Answers {
  readonly question: Question;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly design: string;
    readonly verdicts: readonly Verdict['kind'][];
  }[];
}

/** Everything that the first screen shows; all of it was computed a moment ago. */
export interface TourView {
  readonly about: About;
  readonly answers: readonly Answers[];
  /** The line that plays one entry of the tables. */
  readonly playLine: string;
  readonly matrix: MatrixOutcome;
  readonly shortest: Counterexample | null;
  readonly searchLine: string;
  readonly recordings: readonly { readonly name: string; readonly outcome: JudgeOutcome }[];
}

export function tourLines(view: TourView, style: Style): readonly string[] {
  const { about, answers, matrix, recordings } = view;
  return [
    `${banner(about)}   seed ${matrix.seed}`,
    '',
    ...answers.flatMap((each) => [...answerLines(each, style), '']),
    '  In capitals: not what Linux promises. Every entry is one schedule, played:',
    `  ${view.playLine}`,
    '',
    ...matrixLines(matrix, style),
    '',
    ...shortestLines(view, style),
    'Real guests, recorded (QEMU 7.2 with TCG, Linux 6.1):',
    '',
    ...recordings.flatMap(({ name, outcome }) => recordingLines(name, outcome, style)),
    '',
    'Next   your own order       npx tickproof order --help',
    '       every promise        npx tickproof list laws',
    '       the whole matrix     npx tickproof matrix',
    '       bugs put back        npx tickproof faults',
    '       lockless readers     npx tickproof explore',
    '       your own model       npx tickproof check ./mine.ts',
    '       your own recording   npx tickproof judge trace.jsonl',
  ];
}

function answerLines({ question, columns, rows }: Answers, style: Style): readonly string[] {
  const nameWidth = Math.max(...rows.map((row) => row.design.length));
  const cell = (at: number, text: string) => text.padEnd((columns[at] ?? '').length + 2);
  return [
    `${paint(style, 'strong', question.text)}   (Linux: ${question.linux})`,
    '',
    `  ${' '.repeat(nameWidth)}  ${columns.map((column, at) => cell(at, column)).join('')}`,
    ...rows.map(({ design, verdicts }) => {
      const cells = verdicts.map((verdict, at) => {
        const text = cell(at, answerWord(question, verdict));
        return verdict === 'violated' ? paint(style, 'bad', text) : text;
      });
      return `  ${design.padEnd(nameWidth)}  ${cells.join('')}`;
    }),
  ];
}

/** The answer of Linux in small letters, the other one in capitals. */
export function answerWord({ linux }: Question, verdict: Verdict['kind']): string {
  if (verdict === 'vacuous') return 'not tested';
  if (verdict === 'holds') return linux;
  return linux === 'yes' ? 'NO' : 'YES';
}

function matrixLines(matrix: MatrixOutcome, style: Style): readonly string[] {
  const laws = counted(matrix.laws.length, 'promise');
  const untested = matrix.laws.filter((law) =>
    matrix.designs.every((design) =>
      design.cells.some((cell) => cell.law === law && cell.verdict === 'vacuous'),
    ),
  );
  return [
    `${laws} x ${counted(matrix.designs.length, 'design')}, ` +
      `${counted(matrix.commandsExecuted, 'command')}, ${elapsed(matrix.elapsedMs)}`,
    ...hang('  ', matrixSummary(matrix), style),
    ...(untested.length === 0 ? [] : hang('  tested nowhere: ', untested.join(', '), style)),
  ];
}

function shortestLines({ shortest, searchLine }: TourView, style: Style): readonly string[] {
  if (shortest === null) return [];
  const { machine } = shortest.schedule;
  return [
    `Shortest broken promise, ${machine.vms[0]?.design ?? 'no design'}:`,
    '',
    ...counterexampleLines(shortest, { replay: null, search: searchLine }, style),
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
