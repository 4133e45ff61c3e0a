import type { DeployedCell, DeployedRow } from '../contract/outcome.js';
import { hang, paint, type Style } from './style.js';

const COLUMN = 11;
const STOPS = { pause: 'pause, resume', save: 'snapshot, restore' } as const;

/** Whether MONOTONIC counts a stop, by what is deployed; capitals say what Linux does not. */
export function deployedLines(rows: readonly DeployedRow[], style: Style): readonly string[] {
  const width = Math.max(...rows.map(({ label }) => label.length)) + 3;
  const [{ cells: columns } = { cells: [] }] = rows;
  const margin = ' '.repeat(width);
  const heads = columns.map(({ stop }, at) => (columns[at - 1]?.stop === stop ? '' : STOPS[stop]));
  const counted = rows.some(({ cells }) => cells.some(({ countsTheSave }) => countsTheSave));
  return [
    paint(style, 'strong', 'Does CLOCK_MONOTONIC count the time a guest was stopped?') +
      '   (Linux: no)',
    '',
    `  ${margin}${spanned(heads)}`.trimEnd(),
    `  ${margin}${columns.map(({ clocksource }) => clocksource.padEnd(COLUMN)).join('')}`.trimEnd(),
    ...rows.map(({ label, cells }) =>
      `  ${label.padEnd(width)}${cells.map((cell) => entry(cell, style)).join('')}`.trimEnd(),
    ),
    ...(counted ? ['  * but for the time from the stop until it is saved'] : []),
  ];
}

/** A heading over as many columns as say nothing of their own. */
function spanned(heads: readonly string[]): string {
  return heads
    .map((head, at) => {
      const next = heads.findIndex((each, later) => later > at && each !== '');
      const columns = (next === -1 ? heads.length : next) - at;
      return head === '' ? '' : head.padEnd(columns * COLUMN);
    })
    .join('');
}

/** The answer of one cell. */
export function answerWord({ monotonic, countsTheSave }: DeployedCell): string {
  if (monotonic === 'vacuous') return 'not tested';
  if (monotonic === 'violated') return 'YES';
  return countsTheSave ? 'no *' : 'no';
}

function entry(cell: DeployedCell, style: Style): string {
  const text = answerWord(cell).padEnd(COLUMN);
  return cell.monotonic === 'violated' ? paint(style, 'bad', text) : text;
}

/** What REALTIME is at the first read, in terms of the table above; where that does not say it, cell by cell. */
export function realtimeLines(rows: readonly DeployedRow[], style: Style): readonly string[] {
  const isRight = (cell: DeployedCell) => cell.realtime === 'holds';
  const keepsBoth = rows.filter(({ cells }) =>
    cells.every((cell) => isRight(cell) && cell.monotonic === 'holds'),
  );
  const others = rows.filter((row) => !keepsBoth.includes(row));
  const isEitherOr = others.every(({ cells }) =>
    cells.every((cell) => isRight(cell) === (cell.monotonic === 'violated')),
  );
  const question = paint(style, 'strong', 'Is CLOCK_REALTIME right at the first read afterwards?');
  if (!isEitherOr) {
    const wrong = rows.flatMap(({ label, cells }) =>
      cells
        .filter((cell) => !isRight(cell))
        .map((cell) => `${label} (${cell.stop}, ${cell.clocksource})`),
    );
    return [question, ...hang('  ', `wrong under ${wrong.join('; ')}`, style)];
  }
  const except = keepsBoth.map(({ label }) => label).join(', ');
  const exception = except === '' ? '' : `, except under ${except}, where it is right`;
  return [
    question,
    ...hang('  ', `YES above is right here, no above is wrong here${exception}.`, style),
  ];
}
