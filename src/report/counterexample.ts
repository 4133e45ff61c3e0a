import { match } from 'ts-pattern';
import type { Counterexample, Minimal } from '../contract/counterexample.js';
import type { Schedule } from '../contract/schedule.js';
import { machineWords } from './machine.js';
import { counted } from './numbers.js';
import { commandLine } from './schedule.js';
import { hang, type Style, widthOf } from './style.js';
import { timeline } from './timeline.js';
import { violationLines } from './violation.js';

/** The lines that a reader types to see it again. */
export interface ToType {
  /** Null where no file was written; left out where none can be. */
  readonly replay?: string | null;
  readonly search: string | null;
}

/** A broken promise as people read it: the law, the proof, the shortest way there, and how to see it again. */
export function counterexampleLines(
  example: Counterexample,
  toType: ToType,
  style: Style,
): readonly string[] {
  const { property, violation, events, schedule, twin } = example;
  const inner = { ...style, columns: widthOf(style) - 2 };
  return [
    ...violationLines(property, subjectWords(example), violation, style),
    ...timeline(events, violation.evidence, inner).map((line) => `  ${line}`),
    '',
    ...hang('  ', sizeWords(example), style),
    ...commands(schedule, twin, style),
    '',
    ...facts(example).flatMap(([name, text]) => hang(label(name), text, style)),
    // Never wrapped by us: a line to type must paste as one.
    ...typed(toType).map(([name, text]) => `${label(name)}${text}`),
  ];
}

/** `reference + mult-overflow`. */
function subjectWords({ subject, faults }: Counterexample): string {
  // A subject that was built with faults may carry them in its name already.
  return [subject, ...faults.filter((fault) => !subject.includes(fault))].join(' + ');
}

/** `5 commands, shrunk from the 24 of run 569; minimal: single, pair, value; 754 replays`. */
export function sizeWords({ schedule, search, minimal, evaluations }: Counterexample): string {
  const size = counted(schedule.commands.length, 'command');
  const isSmaller = search.commands > schedule.commands.length;
  const from = isSmaller
    ? `, shrunk from the ${search.commands} of run ${search.run + 1}`
    : ` of run ${search.run + 1}`;
  const replays = counted(evaluations.shrink + evaluations.certify, 'replay');
  return `${size}${from}; ${minimalWords(minimal)}; ${replays}`;
}

/** Which neighbours were tried, and that none of them still fails. */
export function minimalWords(minimal: Minimal): string {
  const tried = (['single', 'pair', 'value'] as const).filter((each) => minimal[each]);
  return tried.length === 0 ? 'not shown to be minimal' : `minimal: ${tried.join(', ')}`;
}

/** The schedule, numbered; beside it the twin in round numbers, where that differs. */
function commands(schedule: Schedule, twin: Schedule | null, style: Style): readonly string[] {
  const exact = schedule.commands.map(commandLine);
  const round = twin?.commands.map(commandLine) ?? exact;
  const numbered = (lines: readonly string[]) =>
    lines.map((line, at) => `    ${String(at + 1).padStart(2)}  ${line}`);
  if (exact.join('\n') === round.join('\n')) return wrapped(numbered(exact), style);
  const left = ['        exact', ...numbered(exact)];
  const right = ['in round numbers', ...round];
  const width = Math.max(...left.map((line) => line.length)) + 3;
  if (width + Math.max(...right.map((line) => line.length)) > widthOf(style)) {
    return [
      ...wrapped(left, style),
      '        in round numbers',
      ...wrapped(numbered(round), style),
    ];
  }
  return Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${(left[at] ?? '').padEnd(width)}${right[at] ?? ''}`.trimEnd(),
  );
}

function wrapped(lines: readonly string[], style: Style): readonly string[] {
  return lines.flatMap((line) => hang(line.slice(0, 8), line.slice(8), style));
}

function facts({
  schedule,
  evidenceClass,
}: Counterexample): readonly (readonly [string, string])[] {
  const { machine } = schedule;
  return [
    ['machine', machineWords(machine)],
    ['design', machine.vms[0]?.design ?? 'none'],
    ['core', `Linux ${machine.kernel}, KVM rules ${machine.kvm}`],
    ['evidence', evidenceWords(evidenceClass)],
  ];
}

function typed({ replay, search }: ToType): readonly (readonly [string, string])[] {
  return [
    ...(replay === undefined
      ? []
      : [['replay', replay ?? 'add --report DIR to keep a file that replays it'] as const]),
    ...(search === null ? [] : [['search', search] as const]),
  ];
}

function label(name: string): string {
  return `  ${name.padEnd(9)}  `;
}

function evidenceWords(evidenceClass: Counterexample['evidenceClass']): string {
  return match(evidenceClass)
    .with(0, () => 'class 0: model only')
    .with(1, () => 'class 1: the model, and it agrees with a recording')
    .with(2, () => 'class 2: reproduced on a named system')
    .exhaustive();
}
