import type { MatrixCell, MatrixOutcome } from '../contract/outcome.js';
import { matrixSpent } from './matrix.js';
import { cellOf, differs, type MatrixDesign } from './matrix-table.js';
import { count, counted } from './numbers.js';
import { hang, paint, type Style, widthOf } from './style.js';

/**
 * Which of the designs keep the laws asked for, the cheapest first, and what each of those pays; then why
 * the others do not.
 */
export function needLines(
  outcome: MatrixOutcome,
  needed: readonly string[],
  style: Style,
): readonly string[] {
  const lacks = (design: MatrixDesign) =>
    needed.some((law) => cellOf(design, law)?.verdict !== 'holds');
  const keeping = outcome.designs.filter((design) => !lacks(design)).toSorted(byPrice);
  return [
    ...hang(
      '',
      `${count(keeping.length)} of ${counted(outcome.designs.length, 'design')} keep ${needed.join(' and ')}:`,
      style,
    ),
    '',
    ...(keeping.length === 0
      ? ['  none']
      : keeping.flatMap((design) => priced(design, outcome.laws.length > needed.length, style))),
    '',
    ...needed.flatMap((law) => [
      ...without(outcome, law, 'violated', `break ${law}`, style),
      ...without(outcome, law, 'vacuous', `never put ${law} to the test`, style),
    ]),
    ...hang('', matrixSpent(outcome), style),
  ];
}

function ofKind(design: MatrixDesign, kind: MatrixCell['verdict']): readonly MatrixCell[] {
  return design.cells.filter(({ verdict }) => verdict === kind);
}

function byPrice(a: MatrixDesign, b: MatrixDesign): number {
  return ofKind(a, 'violated').length - ofKind(b, 'violated').length;
}

/** A design, and each law that it breaks or cannot put to the test, with its reason; where others were judged. */
function priced(design: MatrixDesign, isPriced: boolean, style: Style): readonly string[] {
  const broken = ofKind(design, 'violated');
  return [
    `  ${paint(style, 'strong', design.name)}${isPriced && broken.length === 0 ? '   breaks nothing' : ''}`,
    ...broken.flatMap((cell) => hang('      breaks      ', said(cell), style)),
    ...ofKind(design, 'vacuous').flatMap((cell) => hang('      not tested  ', said(cell), style)),
  ];
}

function said(cell: MatrixCell): string {
  if (cell.because === null) return `${cell.law}${differs(cell) ? ' !' : ''}`;
  return `${cell.law}: ${cell.because}${differs(cell) ? ' !' : ''}`;
}

/** The designs that fail a law, by the reasons that they state. */
function without(
  { designs }: MatrixOutcome,
  law: string,
  kind: MatrixCell['verdict'],
  words: string,
  style: Style,
): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const design of designs) {
    const cell = cellOf(design, law);
    if ((cell?.verdict ?? 'vacuous') !== kind) continue;
    const because = cell?.because ?? 'not what the design states';
    byReason.set(because, [...(byReason.get(because) ?? []), design.name]);
  }
  if (byReason.size === 0) return [];
  return [
    `These ${words}:`,
    ...[...byReason].flatMap(([because, names]) => reasoned(names, because, style)),
    '',
  ];
}

/** `  counters-run-on: the counter counts the stop`; below one another where that makes long lines. */
function reasoned(names: readonly string[], because: string, style: Style): readonly string[] {
  const line = `  ${names.join(', ')}: ${because}`;
  if (line.length <= widthOf(style)) return [line];
  return [...hang('  ', `${names.join(', ')}:`, style), ...hang('      ', because, style)];
}
