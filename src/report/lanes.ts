import { instant } from './numbers.js';
import type { Gap, Row } from './rows.js';
import { paint, type Style, visible, widthOf, wrap } from './style.js';

const HEADING = 'host time';
const MARK = '>> ';
const BETWEEN = '  ';

/** Lays rows out in lanes: one column of times, one for each actor. */
export function renderLanes(
  shown: readonly (Row | Gap)[],
  lanes: readonly string[],
  style: Style,
): readonly string[] {
  const rows = shown.filter((each): each is Row => !('left' in each));
  const timeWidth = Math.max(HEADING.length, ...rows.map((row) => timeText(row).length));
  const columns = lanes.map((lane) => measure(rows, lane));
  const lines = [lineOf(HEADING.padEnd(timeWidth), columns.map(heading))];
  for (const line of together(shown, lanes)) {
    if ('left' in line) lines.push(`${'...'.padStart(timeWidth)}${BETWEEN}${line.left}`);
    else lines.push(...renderLine(line, columns, timeWidth, style));
  }
  return lines;
}

/** Whether every line fits, colours not counted. */
export function lanesFit(width: number): (lines: readonly string[]) => boolean {
  return (lines) => lines.every((line) => visible(line.trimEnd()) <= width);
}

/** One line an event, its actor named: for narrow pages and many actors. */
export function renderList(shown: readonly (Row | Gap)[], style: Style): readonly string[] {
  const rows = shown.filter((each): each is Row => !('left' in each));
  const timeWidth = Math.max(...rows.map((row) => timeText(row).length), 0);
  const laneWidth = Math.max(...rows.map((row) => row.lane.length), 0);
  const margin = MARK.length + timeWidth + laneWidth + 2 * BETWEEN.length;
  const room = Math.max(widthOf(style) - margin, 12);
  return shown.flatMap((each) => {
    if ('left' in each) return [`   ... ${each.left}`];
    const texts = [each, ...each.notes].map(({ text, value }) => `${text} ${value ?? ''}`.trim());
    const [first = '', ...rest] = texts.flatMap((text) => wrap(text, room));
    const head = `${timeText(each).padStart(timeWidth)}${BETWEEN}${each.lane.padEnd(laneWidth)}`;
    return [
      `${markOf(each, style)}${head}${BETWEEN}${first}`,
      ...rest.map((text) => `${' '.repeat(margin)}${text}`),
    ];
  });
}

interface Column {
  readonly lane: string;
  readonly marked: boolean;
  readonly textWidth: number;
  readonly valueWidth: number;
  readonly width: number;
}

function measure(rows: readonly Row[], lane: string): Column {
  const own = rows.filter((row) => row.lane === lane);
  const pairs = own.flatMap((row) => [row, ...row.notes]);
  const valued = pairs.filter((pair) => pair.value !== null);
  const longest = (lengths: readonly number[]) => Math.max(0, ...lengths);
  const textWidth = longest(valued.map((pair) => pair.text.length));
  const valueWidth = longest(valued.map((pair) => pair.value?.length ?? 0));
  const marked = own.some((row) => row.evidence);
  const plain = longest(pairs.filter((pair) => pair.value === null).map(({ text }) => text.length));
  const paired = valued.length === 0 ? 0 : textWidth + BETWEEN.length + valueWidth;
  const width = (marked ? MARK.length : 0) + Math.max(plain, paired);
  return { lane, marked, textWidth, valueWidth, width: Math.max(width, lane.length) };
}

interface Line {
  readonly time: string;
  readonly cells: Map<string, Row>;
}

/** Rows of one instant share a line, as long as they read from left to right. */
function together(
  shown: readonly (Row | Gap)[],
  lanes: readonly string[],
): readonly (Line | Gap)[] {
  const lines: (Line | Gap)[] = [];
  let last: Row | undefined;
  for (const each of shown) {
    const line = lines.at(-1);
    if ('left' in each) {
      lines.push(each);
      last = undefined;
    } else {
      if (
        line !== undefined &&
        !('left' in line) &&
        last !== undefined &&
        joins(last, each, lanes)
      ) {
        line.cells.set(each.lane, each);
      } else {
        lines.push({ time: timeText(each), cells: new Map([[each.lane, each]]) });
      }
      last = each;
    }
  }
  return lines;
}

function joins(last: Row, next: Row, lanes: readonly string[]): boolean {
  return (
    last.atNs !== null &&
    last.atNs === next.atNs &&
    !last.vague &&
    !next.vague &&
    lanes.indexOf(next.lane) > lanes.indexOf(last.lane)
  );
}

function renderLine(
  line: Line,
  columns: readonly Column[],
  timeWidth: number,
  style: Style,
): readonly string[] {
  const first = columns.map((column) => {
    const row = line.cells.get(column.lane);
    if (row === undefined) return ' '.repeat(column.width);
    return cell(column, column.marked ? markOf(row, style) : '', row);
  });
  const depth = Math.max(...[...line.cells.values()].map((row) => row.notes.length));
  const notes = Array.from({ length: depth }, (_, at) =>
    columns.map((column) => {
      const note = line.cells.get(column.lane)?.notes[at];
      if (note === undefined) return ' '.repeat(column.width);
      return cell(column, column.marked ? '   ' : '', note);
    }),
  );
  return [
    lineOf(line.time.padStart(timeWidth), first),
    ...notes.map((cells) => lineOf(' '.repeat(timeWidth), cells)),
  ];
}

function cell(
  column: Column,
  mark: string,
  { text, value }: { readonly text: string; readonly value: string | null },
): string {
  const said =
    value === null
      ? text
      : `${text.padEnd(column.textWidth)}${BETWEEN}${value.padStart(column.valueWidth)}`;
  return `${mark}${said.padEnd(column.width - (column.marked ? MARK.length : 0))}`;
}

function heading(column: Column): string {
  return `${column.marked ? '   ' : ''}${column.lane}`.padEnd(column.width);
}

function lineOf(time: string, cells: readonly string[]): string {
  return [time, ...cells].join(BETWEEN);
}

function markOf(row: Row, style: Style): string {
  return row.evidence ? `${paint(style, 'bad', '>>')} ` : '   ';
}

/** `+1.000000000 s`; `~` where only the earliest instant is known, `?` where nothing is. */
function timeText(row: Row): string {
  if (row.atNs === null) return '?';
  const text = instant(row.atNs);
  return row.vague ? text.replace('+', '~') : text;
}
