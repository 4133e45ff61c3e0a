import type { About, MatrixCell, MatrixOutcome } from '../contract/outcome.js';
import { banner } from './check.js';
import { count, counted, elapsed } from './numbers.js';
import { hang, type Style, widthOf } from './style.js';

type Row = MatrixOutcome['designs'][number];

/** Every design against every law: laws down, designs across, in as many tables as the page needs. */
export function matrixLines(about: About, outcome: MatrixOutcome, style: Style): readonly string[] {
  return [
    `${banner(about)}   seed ${outcome.seed}`,
    '',
    ...tables(outcome, style).flatMap((table) => [...table, '']),
    ...differing(outcome).flatMap((line) => hang('! ', line, style)),
    ...hang('', `${spent(outcome)}: ${matrixSummary(outcome)}`, style),
  ];
}

/** Whether a cell is not what its design states; an untested one states nothing. */
export function differs(cell: MatrixCell): boolean {
  if (cell.verdict === 'vacuous') return false;
  return (cell.verdict === 'violated') !== (cell.expected === 'broken');
}

/** `kept 41, broken 27 (all expected), not tested 4`. */
export function matrixSummary(outcome: MatrixOutcome): string {
  const cells = outcome.designs.flatMap((design) => design.cells);
  const of = (verdict: MatrixCell['verdict']) => cells.filter((cell) => cell.verdict === verdict);
  const surprises = of('violated').filter(differs).length;
  const expected = surprises === 0 ? 'all expected' : `${surprises} not expected`;
  const broken = of('violated').length;
  const parts = [
    `kept ${count(of('holds').length)}`,
    `broken ${count(broken)}${broken === 0 ? '' : ` (${expected})`}`,
    `not tested ${count(of('vacuous').length)}`,
  ];
  return parts.join(', ');
}

/** The matrix as a table of GitHub Markdown, laws down and designs across. */
export function matrixMarkdown(about: About, outcome: MatrixOutcome): readonly string[] {
  const { designs, laws } = outcome;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(['law', ...designs.map((design) => `\`${design.name}\``)]),
    row(['---', ...designs.map(() => '---')]),
    ...laws.map((law) =>
      row([`\`${law}\``, ...designs.map((design) => word(cellOf(design, law)))]),
    ),
    '',
    `${banner(about)}, seed ${outcome.seed}, ${count(outcome.runs)} runs a design: ${matrixSummary(outcome)}.`,
  ];
}

/** Which of the designs keep the laws asked for, and what each of those pays. */
export function needLines(
  outcome: MatrixOutcome,
  needed: readonly string[],
  style: Style,
): readonly string[] {
  const verdicts = (design: Row, kind: MatrixCell['verdict']) =>
    design.cells.filter((cell) => cell.verdict === kind).map((cell) => cell.law);
  const lacking = (design: Row) => needed.filter((law) => cellOf(design, law)?.verdict !== 'holds');
  const keeps = outcome.designs.filter((design) => lacking(design).length === 0);
  const others = outcome.designs.filter((design) => lacking(design).length > 0);
  return [
    ...hang('keeps ', needed.join(', '), style),
    '',
    ...(keeps.length === 0 ? ['  no design'] : []),
    ...keeps.flatMap((design) => [
      `  ${design.name}`,
      ...hang('    breaks      ', verdicts(design, 'violated').join(', ') || 'nothing', style),
      ...hang('    not tested  ', verdicts(design, 'vacuous').join(', ') || 'nothing', style),
    ]),
    '',
    ...others.flatMap((design) => hang(`  not ${design.name}: `, reasons(design, needed), style)),
    '',
    ...hang('', spent(outcome), style),
  ];
}

function spent({ runs, commandsExecuted, elapsedMs, seed }: MatrixOutcome): string {
  const cost = `${counted(commandsExecuted, 'command')}, ${elapsed(elapsedMs)}`;
  return `${counted(runs, 'run')} a design, ${cost}, seed ${seed}`;
}

function reasons(design: Row, needed: readonly string[]): string {
  return needed
    .map((law) => ({ law, verdict: cellOf(design, law)?.verdict ?? 'vacuous' }))
    .filter(({ verdict }) => verdict !== 'holds')
    .map(({ law, verdict }) => (verdict === 'violated' ? `breaks ${law}` : `${law} not tested`))
    .join(', ');
}

function tables(outcome: MatrixOutcome, style: Style): readonly (readonly string[])[] {
  const lawWidth = Math.max(3, ...outcome.laws.map((law) => law.length));
  const groups: Row[][] = [];
  let used = 0;
  for (const design of outcome.designs) {
    const width = columnWidth(design) + 2;
    const group = groups.at(-1);
    if (group === undefined || lawWidth + used + width > widthOf(style)) {
      groups.push([design]);
      used = width;
    } else {
      group.push(design);
      used += width;
    }
  }
  return groups.map((designs) => table(outcome.laws, designs, lawWidth));
}

function table(laws: readonly string[], designs: readonly Row[], lawWidth: number): string[] {
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(lawWidth), ...cells].join('  ').trimEnd();
  const padded = (design: Row, text: string) => text.padEnd(columnWidth(design));
  return [
    line(
      '',
      designs.map((design) => padded(design, design.name)),
    ),
    ...laws.map((law) =>
      line(
        law,
        designs.map((design) => padded(design, word(cellOf(design, law)))),
      ),
    ),
  ];
}

function columnWidth(design: Row): number {
  return Math.max(design.name.length, ...design.cells.map((cell) => word(cell).length));
}

/** `kept`, `broken, 3` with the commands it takes, `not tested`; `!` where the design states otherwise. */
function word(cell: MatrixCell | undefined): string {
  if (cell === undefined || cell.verdict === 'vacuous') return 'not tested';
  const flag = differs(cell) ? ' !' : '';
  if (cell.verdict === 'holds') return `kept${flag}`;
  return `broken${cell.commands === null ? '' : ` in ${cell.commands}`}${flag}`;
}

function cellOf(design: Row, law: string): MatrixCell | undefined {
  return design.cells.find((cell) => cell.law === law);
}

/** One sentence a cell that is not what its design states. */
function differing({ designs }: MatrixOutcome): readonly string[] {
  return designs.flatMap((design) =>
    design.cells.filter(differs).map(({ law, verdict }) => {
      const found = verdict === 'violated' ? 'breaks' : 'was not seen to break';
      return `${design.name} ${found} ${law}, and states that it ${verdict === 'violated' ? 'keeps' : 'breaks'} it`;
    }),
  );
}
