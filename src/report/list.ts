import { hang, paint, type Style } from './style.js';

/** One thing that there is: its name, and what it is in a sentence. */
export interface ListEntry {
  readonly name: string;
  readonly statement: string;
}

/** What there is, by heading; a heading is left out where there is one alone. */
export function listLines(
  lists: Readonly<Record<string, readonly ListEntry[]>>,
  style: Style,
): readonly string[] {
  const headings = Object.entries(lists);
  return headings.flatMap(([heading, entries], at) => {
    const width = Math.max(0, ...entries.map((entry) => entry.name.length));
    const lines = entries.flatMap(({ name, statement }) =>
      entryLines(name, statement, width, style),
    );
    if (headings.length === 1) return lines;
    return [...(at === 0 ? [] : ['']), paint(style, 'strong', heading), ...lines];
  });
}

function entryLines(
  name: string,
  statement: string,
  width: number,
  style: Style,
): readonly string[] {
  if (width + 30 <= style.columns) return hang(`  ${name.padEnd(width)}  `, statement, style);
  return [`  ${name}`, ...hang('      ', statement, style)];
}
