import type { Counterexample } from '../contract/counterexample.js';
import type {
  About,
  ConformOutcome,
  ExploredProgram,
  FaultsOutcome,
  JudgeOutcome,
  MatrixCell,
  MatrixOutcome,
  OrderOutcome,
  WorstOutcome,
} from '../contract/outcome.js';
import type { Violation } from '../contract/property.js';
import { jsonOf } from '../contract/wire-write.js';
import type { CheckView } from './check.js';
import type { ListEntry } from './list.js';
import type { PlayView, ReplayView } from './replay.js';

/**
 * One JSON document, with a newline at its end.
 *
 * Keys stand in the order written here and bigints are decimal strings, so equal outcomes give
 * equal bytes; `elapsedMs` is the only field that two runs of one seed do not share.
 */
export function document(command: string, about: About, fields: object): string {
  const core = { linux: about.kernel, kvm: about.kvm };
  return `${jsonOf({ command, version: about.version, core, ...fields }, 2)}\n`;
}

export function checkJson(view: CheckView): string {
  const { outcome, corpus, allowed, files } = view;
  return document('check', view.about, {
    seed: outcome.seed,
    runs: outcome.runs,
    commandsExecuted: outcome.commandsExecuted,
    elapsedMs: outcome.elapsedMs,
    cut: outcome.cut || view.interrupted,
    subject: outcome.subject,
    design: outcome.design,
    faults: outcome.faults,
    laws: outcome.laws.map(({ name, verdict, witnesses, counterexample }) => ({
      name,
      verdict,
      witnesses,
      counterexample,
      ...(allowed.has(name) ? { allowed: allowed.get(name) } : {}),
    })),
    counterexamples: outcome.counterexamples.map((example, at) => ({
      ...counterexample(example),
      file: files[at] ?? null,
    })),
    ...(corpus === null ? {} : { corpus }),
  });
}

export function playJson({ about, subject, schedule, events, laws }: PlayView): string {
  return document('play', about, {
    subject,
    schedule,
    events,
    laws: laws.map(({ property, verdict }) => ({
      name: property.name,
      verdict: verdict.kind,
      witnesses: verdict.kind === 'vacuous' ? 0 : verdict.witnesses,
      violation: verdict.kind === 'violated' ? violation(verdict.violation) : null,
    })),
  });
}

export function replayJson(about: About, files: readonly ReplayView[]): string {
  return document('replay', about, {
    files: files.map(({ file, from, fails, same, verdict }) => ({
      file,
      law: from.property.name,
      commands: from.schedule.commands.length,
      fails,
      same,
      verdict: verdict.kind,
      violation: verdict.kind === 'violated' ? violation(verdict.violation) : null,
    })),
  });
}

export function judgeJson(about: About, outcomes: readonly JudgeOutcome[]): string {
  return document('judge', about, {
    files: outcomes.map(({ file, events, laws }) => ({
      file,
      events,
      laws: laws.map((law) => ({
        name: law.name,
        verdict: law.verdict,
        witnesses: law.witnesses,
        violation: law.violation === null ? null : violation(law.violation),
      })),
    })),
  });
}

/** `needed`: the laws of `--need`; designs that do not keep them all are left out. */
export function matrixJson(
  about: About,
  outcome: MatrixOutcome,
  needed: readonly string[] | null,
): string {
  const { seed, runs, commandsExecuted, elapsedMs, laws, designs } = outcome;
  const keeps = (cells: readonly MatrixCell[]) =>
    (needed ?? []).every((law) =>
      cells.some((cell) => cell.law === law && cell.verdict === 'holds'),
    );
  return document('matrix', about, {
    seed,
    runs,
    commandsExecuted,
    elapsedMs,
    ...(needed === null ? {} : { need: needed }),
    laws,
    designs: designs
      .filter(({ cells }) => keeps(cells))
      .map(({ name, cells }) => ({
        name,
        cells: Object.fromEntries(cells.map((cell) => [cell.law, matrixCell(cell)])),
      })),
  });
}

function matrixCell({ verdict, witnesses, commands, expected, because }: MatrixCell): object {
  return { verdict, witnesses, commands, expected, because };
}

export function faultsJson(about: About, { seed, elapsedMs, faults }: FaultsOutcome): string {
  return document('faults', about, {
    seed,
    elapsedMs,
    faults: faults.map((fault) => ({
      name: fault.name,
      source: fault.source,
      caughtBy: fault.caughtBy,
      runs: fault.runs,
      commands: fault.commands,
      minimum: fault.minimum,
      evaluations: fault.evaluations,
    })),
  });
}

/** Value and bound as ns times `perNs`; those of the front are its nearest for each magnitude of the bound. */
export function worstJson(about: About, outcome: WorstOutcome): string {
  const { seed, runs, commandsExecuted, elapsedMs, cut, law, what, perNs } = outcome;
  const { nearest, front } = outcome;
  return document('worst', about, {
    seed,
    runs,
    commandsExecuted,
    elapsedMs,
    cut,
    law,
    what,
    perNs,
    bound: nearest?.bound ?? null,
    value: nearest?.value ?? null,
    ratio: nearest?.ratio ?? null,
    schedule: nearest?.schedule ?? null,
    front: front.map(({ bound, value, ratio, schedule }) => ({ bound, value, ratio, schedule })),
  });
}

export function conformJson(about: About, outcomes: readonly ConformOutcome[]): string {
  return document('conform', about, {
    files: outcomes.map(({ file, kernel, commands, mismatches, skipped, first }) => ({
      file,
      kernel,
      commands,
      mismatches,
      skipped,
      first,
    })),
  });
}

export function orderJson(about: About, outcome: OrderOutcome): string {
  const { steps, clocksource, check, neighbours } = outcome;
  const { seed, runs, commandsExecuted, elapsedMs, laws, counterexamples } = check;
  return document('order', about, {
    seed,
    steps,
    clocksource,
    ...{ runs, commandsExecuted, elapsedMs },
    laws,
    counterexamples: counterexamples.map(counterexample),
    neighbours,
    holdsIf: neighbours
      .filter(({ holds }) => holds)
      .map(({ change, runs: played }) => ({ change, runs: played })),
  });
}

export function exploreJson(about: About, programs: readonly ExploredProgram[]): string {
  return document('explore', about, {
    programs: programs.map(
      ({ counterexample: run, source, statement, listings: _, ...program }) => ({
        ...program,
        counterexample: run === null ? null : { ...run, violation: violation(run.violation) },
      }),
    ),
  });
}

export function listJson(
  about: About,
  lists: Readonly<Record<string, readonly ListEntry[]>>,
): string {
  return document('list', about, lists);
}

/** What stands on standard output instead, where a command could not judge. */
export function errorJson(about: About, command: string | null, kind: string, message: string) {
  return `${jsonOf({ command, version: about.version, error: { kind, message } }, 2)}\n`;
}

function counterexample(example: Counterexample): object {
  const { property, schedule, evaluations, minimal, twin, search, evidenceClass } = example;
  return {
    law: property.name,
    commands: schedule.commands.length,
    evaluations,
    minimal,
    schedule,
    violation: violation(example.violation),
    twin,
    search,
    evidenceClass,
  };
}

function violation({ expected, observed, evidence }: Violation): object {
  return { expected, observed, evidence };
}
