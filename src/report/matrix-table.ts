import { match } from 'ts-pattern';
import type { MatrixCell, MatrixOutcome } from '../contract/outcome.js';
import { hang, paint, type Style, widthOf } from './style.js';

export type MatrixRows = Pick<MatrixOutcome, 'designs' | 'laws'>;
export type MatrixDesign = MatrixOutcome['designs'][number];

const VERDICTS = { holds: 'kept', violated: 'broken', vacuous: 'vacuous' } as const;

/** Whether a cell is not what its design states: what it cannot put to the test, too, it must state. */
export function differs({ verdict, expected }: MatrixCell): boolean {
  return VERDICTS[verdict] !== expected;
}

export function cellOf(design: MatrixDesign, law: string): MatrixCell | undefined {
  return design.cells.find((cell) => cell.law === law);
}

/** `kept`, `broken in 3` with the commands that it takes, `–` not tested; `!` where the design states otherwise. */
export function cellWord(cell: MatrixCell | undefined): string {
  if (cell === undefined) return '–';
  const word = match(cell.verdict)
    .with('holds', () => 'kept')
    .with('violated', () => (cell.commands === null ? 'broken' : `broken in ${cell.commands}`))
    .with('vacuous', () => '–')
    .exhaustive();
  return `${word}${differs(cell) ? ' !' : ''}`;
}

/** A letter for each law, from A; beyond Z two. */
export function headsOf(laws: readonly string[]): readonly string[] {
  const letter = (at: number) => String.fromCharCode(65 + at);
  return laws.map((_, at) =>
    at < 26 ? letter(at) : `${letter(Math.floor(at / 26) - 1)}${letter(at % 26)}`,
  );
}

/** With laws and verdicts in words where the page is wide enough, else with letters and numbers. */
export function verdictTable(rows: MatrixRows, style: Style): readonly string[] {
  const labels = labelsOf(rows.designs.map(({ name }) => name));
  const widths = rows.laws.map((law) =>
    Math.max(law.length, ...rows.designs.map((design) => cellWord(cellOf(design, law)).length)),
  );
  const longest = Math.max(0, ...labels.map((label) => label.length));
  const width = widths.reduce((sum, each) => sum + each + 2, longest);
  return width <= widthOf(style)
    ? inWords(rows, labels, longest, widths)
    : inLetters(rows, labels, style);
}

/**
 * What each row is called: a variant stands under its design, by what its name has beside the design's.
 * `qemu-stop-cont-kvmclock`, then `  rebase`.
 */
export function labelsOf(names: readonly string[]): readonly string[] {
  let head = '';
  return names.map((name) => {
    if (head !== '' && name.startsWith(`${head}-`)) return `  ${name.slice(head.length + 1)}`;
    head = name;
    return name;
  });
}

function inWords(
  { designs, laws }: MatrixRows,
  labels: readonly string[],
  longest: number,
  widths: readonly number[],
): readonly string[] {
  const line = (label: string, cells: readonly string[]) =>
    [label.padEnd(longest), ...cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))].join('  ');
  return [
    line('', laws),
    ...designs.map((design, at) =>
      line(
        labels[at] ?? design.name,
        laws.map((law) => cellWord(cellOf(design, law))),
      ),
    ),
  ];
}

const CELL = 3;

/** Three characters a law; a name that leaves no room for them has a line of its own. */
function inLetters(
  { designs, laws }: MatrixRows,
  labels: readonly string[],
  style: Style,
): readonly string[] {
  const room = Math.max(widthOf(style) - CELL * laws.length - 1, 4);
  const longest = Math.min(room, Math.max(0, ...labels.map((label) => label.length)));
  const heads = headsOf(laws);
  return [
    ...legend(laws, style),
    '',
    `${' '.repeat(longest + 1)}${heads.map((head) => `${head} `.padStart(CELL)).join('')}`,
    ...designs.flatMap((design, at) => {
      const label = labels[at] ?? design.name;
      const cells = laws.map((law) => short(cellOf(design, law), style)).join('');
      return label.length <= longest
        ? [`${label.padEnd(longest)} ${cells}`]
        : [label, `${' '.repeat(longest + 1)}${cells}`];
    }),
  ];
}

/** The letters, each with its law, in as many columns as there is room for; then the signs of the cells. */
function legend(laws: readonly string[], style: Style): readonly string[] {
  const heads = headsOf(laws);
  const entries = laws.map((law, at) => `${(heads[at] ?? '').padEnd(2)} ${law}`);
  const width = Math.max(0, ...entries.map((entry) => entry.length)) + 3;
  const columns = Math.max(1, Math.min(3, Math.floor((widthOf(style) - 2) / width)));
  const deep = Math.ceil(entries.length / columns);
  const lines = Array.from({ length: deep }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      (entries[column * deep + row] ?? '').padEnd(width),
    ).join(''),
  );
  const signs = 'ok kept, 4 broken in 4 commands, – not tested, ! not what the design states';
  return [...lines.map((line) => `  ${line}`.trimEnd()), '', ...hang('  ', signs, style)];
}

/** One cell of three characters: ` ok`, `  4`, `  –`, and its flag. */
function short(cell: MatrixCell | undefined, style: Style): string {
  if (cell === undefined) return ' – ';
  const word = match(cell.verdict)
    .with('holds', () => 'ok')
    .with('violated', () => `${cell.commands ?? 'x'}`)
    .with('vacuous', () => '–')
    .exhaustive();
  const text = `${word}${differs(cell) ? '!' : ' '}`.padStart(CELL);
  return cell.verdict === 'violated' ? paint(style, 'bad', text) : text;
}
