import type { Entry } from '../contract/catalogue.js';
import type { Violation } from '../contract/property.js';
import { hang, paint, type Style, widthOf, wrap } from './style.js';

/** The law, what it promises and where that is written, what was owed and what was seen. */
export function violationLines(
  law: Entry,
  subject: string,
  violation: Violation,
  style: Style,
): readonly string[] {
  return [
    ...heading('BROKEN', law.name, subject, style),
    '',
    ...wrap(law.statement, widthOf(style) - 2).map((line) => `  ${line}`),
    ...hang('  ', law.source.title, style),
    `  ${law.source.url}`,
    '',
    ...hang('    expected   ', violation.expected, style),
    ...hang('    observed   ', violation.observed, style),
    '',
  ];
}

/** `BROKEN  law` on the left, the subject on the right where both fit a line. */
function heading(verdict: string, law: string, subject: string, style: Style): readonly string[] {
  const painted = `${paint(style, 'bad', verdict)}  ${paint(style, 'strong', law)}`;
  const space = widthOf(style) - verdict.length - law.length - subject.length - 2;
  if (space < 2) return [painted, ...hang('  ', subject, style)];
  return [`${painted}${' '.repeat(space)}${subject}`];
}
