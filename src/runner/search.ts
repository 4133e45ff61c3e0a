import * as fc from 'fast-check';
import type { Premises, Verdict } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { Found, LawFound, Plan } from './plan.js';
import { play, playAsync } from './play.js';

/** Between two looks at the clock. */
const RUNS_PER_BLOCK = 200;

/**
 * Draws and plays the runs of a plan, judging every law in every run: a law that broke once is not
 * left out, so that what is found depends on the seed and the number of runs alone.
 */
export async function search(plan: Plan): Promise<Found> {
  const tally = new Tally(plan);
  const schedules = plan.drawing.runs(plan.first, plan.step);
  const total = Math.max(0, Math.ceil((plan.runs - plan.first) / plan.step));
  while (tally.runs < total && !tally.isDone) {
    if (plan.isOver()) return { ...tally.found(), cut: true };
    await block(plan, schedules, Math.min(RUNS_PER_BLOCK, total - tally.runs), tally);
    plan.onProgress(tally.found());
    await turn();
  }
  return tally.found();
}

/** Lets signals and messages in: a search on one thread can be interrupted. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** fast-check drives: one check a block. Nothing fails here, what breaks is remembered. */
async function block(
  { subject, properties, strict, seed }: Plan,
  schedules: fc.Arbitrary<Schedule>,
  numRuns: number,
  tally: Tally,
): Promise<void> {
  const parameters = { numRuns, seed, endOnFailure: true };
  if (subject.mode === 'sync') {
    const property = fc.property(schedules, (schedule) => {
      if (tally.isDone) return;
      tally.count(schedule, play(subject, schedule, properties, premisesOf(schedule, strict)));
    });
    rethrow(fc.check(property, parameters));
  } else {
    const property = fc.asyncProperty(schedules, async (schedule) => {
      if (tally.isDone) return;
      const verdicts = await playAsync(subject, schedule, properties, premisesOf(schedule, strict));
      tally.count(schedule, verdicts);
    });
    rethrow(await fc.check(property, parameters));
  }
}

/** A subject that threw is not a law that broke. */
function rethrow(details: fc.RunDetails<[Schedule]>): void {
  if (details.failed && details.errorInstance !== null) throw details.errorInstance;
}

export function premisesOf(schedule: Schedule, strict: Premises['strict']): Premises {
  const { machine } = schedule;
  return { machine, declared: machine.declared, strict, schedule };
}

/** The running count of one search. */
class Tally {
  runs = 0;
  isDone = false;
  private commandsExecuted = 0;
  private readonly witnesses: number[];
  private readonly firstRuns: (number | null)[];
  private readonly shortest: LawFound['shortest'][];

  constructor(private readonly plan: Plan) {
    this.witnesses = plan.properties.map(() => 0);
    this.firstRuns = plan.properties.map(() => null);
    this.shortest = plan.properties.map(() => null);
  }

  count(schedule: Schedule, verdicts: readonly Verdict[]): void {
    const run = this.plan.first + this.runs * this.plan.step;
    this.runs++;
    this.commandsExecuted += schedule.commands.length;
    for (let at = 0; at < verdicts.length; at++) {
      const verdict = verdicts[at];
      if (verdict === undefined || verdict.kind === 'vacuous') continue;
      this.witnesses[at] = (this.witnesses[at] ?? 0) + verdict.witnesses;
      if (verdict.kind !== 'violated') continue;
      this.firstRuns[at] ??= run;
      const { length } = schedule.commands;
      const shortest = this.shortest[at];
      if (shortest == null || length < shortest.commands) {
        this.shortest[at] = { run, commands: length };
      }
      if (this.plan.properties[at]?.name === this.plan.until) this.isDone = true;
    }
  }

  found(): Found {
    return {
      runs: this.runs,
      commandsExecuted: this.commandsExecuted,
      laws: this.plan.properties.map(({ name }, at) => ({
        name,
        witnesses: this.witnesses[at] ?? 0,
        firstRun: this.firstRuns[at] ?? null,
        shortest: this.shortest[at] ?? null,
      })),
      cut: false,
    };
  }
}
