import type {
  About,
  DeployedRow,
  EvilOutcome,
  JudgeOutcome,
  MatrixOutcome,
  OrderOutcome,
} from '../contract/outcome.js';
import { banner } from './check.js';
import { sizeWords } from './counterexample.js';
import { deployedLines, realtimeLines } from './deployed.js';
import { matrixSummary } from './matrix.js';
import { count, counted, elapsed } from './numbers.js';
import { around } from './order.js';
import { hang, paint, type Style, widthOf } from './style.js';
import { timeline } from './timeline.js';

/** Everything that the first screen shows; all of it was computed a moment ago. */
export interface TourView {
  readonly about: About;
  readonly deployed: readonly DeployedRow[];
  readonly oneEvil: EvilOutcome;
  readonly matrix: MatrixOutcome;
  /** An order of steps that was deployed, what it breaks, and the orders beside it. */
  readonly order: OrderOutcome;
  readonly orderLabel: string;
  readonly orderLine: string;
  readonly recordings: readonly { readonly name: string; readonly outcome: JudgeOutcome }[];
}

export function tourLines(view: TourView, style: Style): readonly string[] {
  const { about, deployed, oneEvil, matrix, recordings } = view;
  return [
    `${banner(about)}   seed ${matrix.seed}`,
    '',
    ...deployedLines(deployed, style),
    '',
    ...realtimeLines(deployed, style),
    ...oneEvilLines(oneEvil, style),
    '',
    ...matrixLines(matrix, style),
    '',
    ...orderLines(view, style),
    '',
    'A real guest, recorded (QEMU 7.2 TCG, Linux 6.1, snapshot-load in one process):',
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

/** The two promises of the tables at once, over orders of steps that nobody has thought of. */
function oneEvilLines(
  { lists, exceptions, verdicts }: EvilOutcome,
  style: Style,
): readonly string[] {
  const found = exceptions.length;
  const tested = lists - verdicts.vacuous;
  return [
    ...hang(
      '  ',
      found === 0
        ? 'No design that runs no guest code on resume keeps both:'
        : 'Some designs that run no guest code keep both:',
      style,
    ),
    ...hang(
      '  ',
      `searched ${counted(tested, 'step list')}, ${counted(found, 'exception')}`,
      style,
    ),
  ];
}

function matrixLines(matrix: MatrixOutcome, style: Style): readonly string[] {
  const laws = counted(matrix.laws.length, 'promise');
  const untested = matrix.designs.flatMap(({ name, cells }) =>
    cells.flatMap((cell) =>
      cell.verdict === 'vacuous' ? [`${cell.law} in ${name}: ${cell.because ?? 'by chance'}`] : [],
    ),
  );
  return [
    `${laws} x ${counted(matrix.designs.length, 'design')}, ` +
      `${counted(matrix.commandsExecuted, 'command')}, ${elapsed(matrix.elapsedMs)}`,
    ...hang('  ', matrixSummary(matrix), style),
    ...untested.flatMap((line) => hang('  not tested: ', line, style)),
  ];
}

function orderLines(view: TourView, style: Style): readonly string[] {
  const { order, orderLabel, orderLine } = view;
  const example = order.check.counterexamples[order.shown ?? 0];
  if (example === undefined) return [`${orderLabel}: no promise broke`];
  const inner = { ...style, columns: widthOf(style) - 2 };
  const law = paint(style, 'bad', example.property.name);
  return [
    `Shortest broken promise, ${orderLabel}:`,
    '',
    `  ${law}`,
    ...hang('  ', sizeWords(example), style),
    '',
    ...timeline(example.events, example.violation.evidence, inner).map((line) => `  ${line}`),
    '',
    ...around(order.neighbours, style),
    '  evidence: the model; the same order as the report on the VMM itself',
    `  again:    ${orderLine}`,
  ];
}

function recordingLines(name: string, outcome: JudgeOutcome, style: Style): readonly string[] {
  const head = `  ${name.padEnd(26)} ${counted(outcome.events, 'event').padEnd(13)}`;
  const broken = outcome.laws.flatMap((law) => (law.violation === null ? [] : [law]));
  const tested = outcome.laws.filter((law) => law.verdict !== 'vacuous').length;
  if (broken.length === 0) return [`${head} all ${count(tested)} tested promises hold`];
  return [
    `${head} ${tested - broken.length} of ${tested} tested promises hold`,
    ...broken.flatMap(({ name: law, violation }) => [
      `    ${paint(style, 'bad', 'BROKEN')}  ${law}`,
      ...hang('            ', violation?.observed ?? '', style),
    ]),
  ];
}
