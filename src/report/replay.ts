import type { Counterexample } from '../contract/counterexample.js';
import type { Event } from '../contract/event.js';
import type { About } from '../contract/outcome.js';
import type { Property, Verdict } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import { banner } from './check.js';
import { counterexampleLines } from './counterexample.js';
import { type LawLine, lawSummary, lawTable } from './laws.js';
import { machineWords } from './machine.js';
import { scheduleLines } from './schedule.js';
import { hang, paint, type Style } from './style.js';
import { timeline } from './timeline.js';
import { violationLines } from './violation.js';

/** A law and how it fared, once a schedule was played. */
export interface PlayedLaw {
  readonly property: Pick<Property, 'name' | 'statement' | 'source'>;
  readonly verdict: Verdict;
}

/** One schedule, played and judged. */
export interface PlayView {
  readonly about: About;
  readonly subject: string;
  readonly schedule: Schedule;
  readonly events: readonly Event[];
  readonly laws: readonly PlayedLaw[];
}

/** A counterexample's file, played again. */
export interface ReplayView {
  readonly file: string;
  readonly from: Counterexample;
  readonly fails: boolean;
  /** Broken with the same expected and observed text. */
  readonly same: boolean;
  readonly events: readonly Event[];
  readonly verdict: Verdict;
  /** The line that replays it. */
  readonly replay: string;
}

/** A timeline of a hand-written schedule is read whole, unless it is very long. */
const WHOLE = 400;

export function playLines(view: PlayView, style: Style): readonly string[] {
  const { about, subject, schedule, events, laws } = view;
  const broken = laws.flatMap(({ property, verdict }) =>
    verdict.kind === 'violated' ? [{ property, violation: verdict.violation }] : [],
  );
  const evidence = broken.flatMap(({ violation }) => violation.evidence);
  const lines = laws.map(lawLine);
  return [
    banner(about),
    `subject ${subject}, design ${schedule.machine.vms[0]?.design ?? 'none'}`,
    ...hang('machine ', machineWords(schedule.machine), style),
    '',
    ...scheduleLines(schedule.commands).map(
      (line, at) => `  ${String(at + 1).padStart(2)}  ${line}`,
    ),
    '',
    ...timeline(events, evidence, style, WHOLE),
    '',
    ...broken.flatMap(({ property, violation }) =>
      violationLines(property, subject, violation, style),
    ),
    ...lawTable(lines, style),
    '',
    lawSummary(lines),
  ];
}

function lawLine({ property, verdict }: PlayedLaw): LawLine {
  const witnesses = verdict.kind === 'vacuous' ? 0 : verdict.witnesses;
  const note = verdict.kind === 'violated' ? 'see above' : null;
  return { name: property.name, verdict: verdict.kind, witnesses, note, allowed: false };
}

/** Files that still fail with their whole report, the others in a line each. */
export function replayLines(
  about: About,
  files: readonly ReplayView[],
  style: Style,
): readonly string[] {
  const failing = files.filter((each) => each.fails).length;
  const tail = `${files.length} replayed, ${failing} still ${failing === 1 ? 'fails' : 'fail'}`;
  return [banner(about), '', ...files.flatMap((each) => replayed(each, style)), tail];
}

function replayed(view: ReplayView, style: Style): readonly string[] {
  const { file, from, verdict, events } = view;
  const law = from.property.name;
  if (verdict.kind !== 'violated') {
    const how = verdict.kind === 'vacuous' ? 'is no longer put to the test' : 'holds now';
    return [`${paint(style, 'good', 'no longer fails')}  ${file}`, `  ${law} ${how}`, ''];
  }
  const now = { ...from, events, violation: verdict.violation };
  const toType = { replay: view.replay, search: null };
  return [
    `${paint(style, 'bad', view.same ? 'still fails' : 'fails differently')}  ${file}`,
    ...(view.same ? [] : hang('  before     ', from.violation.observed, style)),
    '',
    ...counterexampleLines(now, toType, style),
    '',
  ];
}
