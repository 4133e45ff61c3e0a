import { match } from 'ts-pattern';
import type { About, MatrixCell, MatrixOutcome } from '../contract/outcome.js';
import { banner } from './check.js';
import {
  cellOf,
  cellWord,
  differs,
  headsOf,
  type MatrixRows,
  verdictTable,
} from './matrix-table.js';
import { count, counted, elapsed } from './numbers.js';
import { hang, type Style } from './style.js';

export { differs } from './matrix-table.js';

/** Every design against every law: designs down, laws across, and below what a cell cannot say. */
export function matrixLines(about: About, outcome: MatrixOutcome, style: Style): readonly string[] {
  return [
    `${banner(about)}   seed ${outcome.seed}`,
    '',
    ...verdictTable(outcome, style),
    '',
    ...untested(outcome, style),
    ...differing(outcome).flatMap((line) => hang('! ', line, style)),
    ...hang('', `${matrixSpent(outcome)}: ${matrixSummary(outcome)}`, style),
  ];
}

/** `kept 41, broken 27 (all expected), not tested 4 (all expected)`; what is zero goes unexplained. */
export function matrixSummary(outcome: MatrixOutcome): string {
  const cells = outcome.designs.flatMap((design) => design.cells);
  const said = (word: string, verdict: MatrixCell['verdict']) => {
    const of = cells.filter((cell) => cell.verdict === verdict);
    const surprises = of.filter(differs).length;
    const expected = surprises === 0 ? ' (all expected)' : ` (${surprises} not expected)`;
    const isPlain = of.length === 0 || (verdict === 'holds' && surprises === 0);
    return `${word} ${count(of.length)}${isPlain ? '' : expected}`;
  };
  return [said('kept', 'holds'), said('broken', 'violated'), said('not tested', 'vacuous')].join(
    ', ',
  );
}

export function matrixSpent({ runs, commandsExecuted, elapsedMs, seed }: MatrixOutcome): string {
  const cost = `${counted(commandsExecuted, 'command')}, ${elapsed(elapsedMs)}`;
  return `${counted(runs, 'run')} a design, ${cost}, seed ${seed}`;
}

/** The matrix as a table of GitHub Markdown, the laws by letters, and named below. */
export function matrixMarkdown(about: About, outcome: MatrixOutcome): readonly string[] {
  const { designs, laws } = outcome;
  const heads = headsOf(laws);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['design', ...heads]),
    row(['---', ...heads.map(() => '---')]),
    ...designs.map((design) =>
      row([`\`${design.name}\``, ...laws.map((law) => cellWord(cellOf(design, law)))]),
    ),
    '',
    ...laws.map((law, at) => `- ${heads[at]}: \`${law}\``),
    '',
    ...whyUntested(outcome).map(({ because, cells }) => `- –: ${because}: ${cells.join(', ')}`),
    ...differing(outcome).map((line) => `- !: ${line}`),
    '',
    `${banner(about)}, seed ${outcome.seed}, ${count(outcome.runs)} runs a design: ${matrixSummary(outcome)}.`,
  ];
}

/** Each reason once, then the cells that it explains. */
function untested(outcome: MatrixOutcome, style: Style): readonly string[] {
  const reasons = whyUntested(outcome);
  if (reasons.length === 0) return [];
  return [
    '- not tested:',
    ...reasons.flatMap(({ because, cells }) => [
      ...hang('  ', because, style),
      ...hang('      ', cells.join(', '), style),
    ]),
    '',
  ];
}

/** Why cells are not tested, by what their designs say: `counters-run-on (J, N)`. */
function whyUntested({ designs, laws }: MatrixRows): readonly {
  readonly because: string;
  readonly cells: readonly string[];
}[] {
  const heads = headsOf(laws);
  const byReason = new Map<string, string[]>();
  for (const design of designs) {
    const letters = new Map<string, string[]>();
    for (const cell of design.cells) {
      if (cell.verdict !== 'vacuous' || cell.expected !== 'vacuous' || cell.because === null)
        continue;
      const head = heads[laws.indexOf(cell.law)] ?? cell.law;
      letters.set(cell.because, [...(letters.get(cell.because) ?? []), head]);
    }
    for (const [because, of] of letters) {
      byReason.set(because, [...(byReason.get(because) ?? []), `${design.name} (${of.join(' ')})`]);
    }
  }
  return [...byReason].map(([because, cells]) => ({ because, cells }));
}

/** One sentence for each cell that is not what its design states. */
function differing({ designs }: MatrixRows): readonly string[] {
  return designs.flatMap((design) =>
    design.cells
      .filter(differs)
      .map((cell) => `${design.name} ${found(cell)}, and states that it ${stated(cell)}`),
  );
}

function found({ law, verdict, commands }: MatrixCell): string {
  return match(verdict)
    .with('violated', () =>
      commands === null ? `breaks ${law}` : `breaks ${law} in ${counted(commands, 'command')}`,
    )
    .with('holds', () => `was not seen to break ${law}`)
    .with('vacuous', () => `never put ${law} to the test`)
    .exhaustive();
}

function stated({ expected, because }: MatrixCell): string {
  const why = because === null ? '' : `: ${because}`;
  return match(expected)
    .with('broken', () => `breaks it${why}`)
    .with('kept', () => 'keeps it')
    .with('vacuous', () => `cannot put it to the test${why}`)
    .exhaustive();
}
