import type { Entry } from '../contract/catalogue.js';
import type { About, ConformOutcome, JudgeOutcome } from '../contract/outcome.js';
import { banner } from './check.js';
import { type LawLine, lawSummary, lawTable } from './laws.js';
import { count, counted } from './numbers.js';
import { hang, paint, type Style } from './style.js';
import { timeline } from './timeline.js';
import { violationLines } from './violation.js';

/** A judged recording, and what its header says of the machine. */
export interface JudgeView {
  readonly outcome: JudgeOutcome;
  /** Recorder, host and guest kernel in words; null where the file does not say. */
  readonly origin: string | null;
}

export function judgeLines(
  about: About,
  views: readonly JudgeView[],
  laws: readonly Entry[],
  style: Style,
): readonly string[] {
  return [banner(about), '', ...views.flatMap((view) => judged(view, laws, style))];
}

function judged(
  { outcome, origin }: JudgeView,
  laws: readonly Entry[],
  style: Style,
): readonly string[] {
  const lines = outcome.laws.map(
    (law): LawLine => ({
      name: law.name,
      verdict: law.verdict,
      witnesses: law.witnesses,
      note: law.violation === null ? null : 'see above',
      allowed: false,
    }),
  );
  const inner = { ...style, columns: style.columns - 2 };
  return [
    `${paint(style, 'strong', outcome.file)}   ${counted(outcome.events, 'event')}`,
    ...(origin === null ? [] : hang('  ', origin, style)),
    '',
    ...outcome.laws.flatMap(({ name, violation }) => {
      const law = laws.find((each) => each.name === name);
      if (violation === null || law === undefined) return [];
      return [
        ...violationLines(law, outcome.file, violation, style),
        ...timeline([], violation.evidence, inner).map((line) => `  ${line}`),
        '',
      ];
    }),
    ...lawTable(lines, style),
    '',
    lawSummary(lines),
    '',
  ];
}

export function conformLines(
  about: About,
  files: readonly ConformOutcome[],
  style: Style,
): readonly string[] {
  const commands = files.reduce((sum, each) => sum + each.commands, 0);
  const mismatches = files.reduce((sum, each) => sum + each.mismatches, 0);
  const skipped = files.reduce((sum, each) => sum + each.skipped, 0);
  const rest = skipped === 0 ? '' : `, ${count(skipped)} not replayed by this version`;
  const found = counted(mismatches, 'difference');
  return [
    banner(about),
    '',
    ...files.flatMap((each) => conformed(each, style)),
    '',
    `${counted(files.length, 'file')}, ${counted(commands, 'command')}: ${found}${rest}`,
  ];
}

function conformed(outcome: ConformOutcome, style: Style): readonly string[] {
  const { file, kernel, commands, mismatches, first } = outcome;
  const word = mismatches === 0 ? 'equal    ' : 'DIFFERENT';
  const painted = paint(style, mismatches === 0 ? 'good' : 'bad', word);
  const line = `${painted}  ${file}   ${counted(commands, 'command')} on ${kernel}`;
  if (first === null) return [line];
  return [
    `${line}, ${counted(mismatches, 'difference')}`,
    `  line ${first.line}   ${first.field}`,
    ...hang('    expected   ', first.expected, style),
    ...hang('    observed   ', first.observed, style),
  ];
}
