import * as fc from 'fast-check';
import type { Counterexample, Minimal } from '../contract/counterexample.js';
import { TickproofBug } from '../contract/errors.js';
import type { Event } from '../contract/event.js';
import type { Property, Violation } from '../contract/property.js';
import type { Schedule } from '../contract/schedule.js';
import type { SyncSubject } from '../contract/subject.js';
import { jsonOf } from '../contract/wire.js';
import { Judge } from './judge.js';
import type { Plan } from './plan.js';
import { premisesOf } from './search.js';

/** More than any counterexample took: a search that would not end is cut here, and says so by not being minimal. */
const MOST_EVALUATIONS = 20_000;

/** Makes the failing schedule of a run as small as it gets. Only a violation of the same law counts. */
export async function shrink(plan: Plan, property: Property, run: number): Promise<Counterexample> {
  const drawn = plan.drawing.at(run);
  const trial = new Trial(plan, property);
  const smallest = await smallestFailing(plan, trial, drawn);
  const shrinkEvaluations = trial.evaluations;
  const { minimal, count } = await certify(plan, trial, smallest);
  const twin = await roundTwin(plan, trial, smallest);
  const { events, violation } = await record(plan, property, smallest);
  return {
    subject: plan.subject.name,
    faults: plan.faults,
    property: { name: property.name, statement: property.statement, source: property.source },
    violation,
    schedule: smallest,
    twin,
    events,
    minimal,
    evaluations: { shrink: shrinkEvaluations, certify: count },
    search: { seed: plan.seed, run, commands: drawn.commands.length },
    evidenceClass: 0,
  };
}

/** Plays schedules on the subject and says whether the one law breaks; a subject that throws does not break it. */
class Trial {
  evaluations = 0;
  /** Schedules that held: the passes of a round come by the same ones again. */
  private readonly held = new Set<string>();
  /** Machines and commands in words: most schedules share them. */
  private readonly texts = new WeakMap<object, string>();

  constructor(
    private readonly plan: Plan,
    private readonly property: Property,
  ) {}

  failsNow(subject: SyncSubject, schedule: Schedule): boolean {
    const key = this.keyOf(schedule);
    if (this.held.has(key)) return false;
    const judge = this.judge(schedule);
    try {
      subject.run(schedule, judge.observe);
    } catch {
      return this.note(key, false);
    }
    return this.note(key, isViolated(judge));
  }

  async fails(schedule: Schedule): Promise<boolean> {
    const { subject } = this.plan;
    if (subject.mode === 'sync') return this.failsNow(subject, schedule);
    const key = this.keyOf(schedule);
    if (this.held.has(key)) return false;
    const judge = this.judge(schedule);
    try {
      await subject.run(schedule, judge.observe);
    } catch {
      return this.note(key, false);
    }
    return this.note(key, isViolated(judge));
  }

  private note(key: string, fails: boolean): boolean {
    if (!fails) this.held.add(key);
    return fails;
  }

  private keyOf({ machine, commands }: Schedule): string {
    return [machine, ...commands].map((part) => this.textOf(part)).join('\n');
  }

  private textOf(part: object): string {
    const known = this.texts.get(part);
    if (known !== undefined) return known;
    const text = jsonOf(part);
    this.texts.set(part, text);
    return text;
  }

  private judge(schedule: Schedule): Judge {
    this.evaluations++;
    return new Judge([this.property], premisesOf(schedule, this.plan.strict));
  }
}

function isViolated(judge: Judge): boolean {
  return judge.verdicts()[0]?.kind === 'violated';
}

/** fast-check drives: the drawn schedule is its only example, our candidates are its shrinker. */
async function smallestFailing(plan: Plan, trial: Trial, drawn: Schedule): Promise<Schedule> {
  const arbitrary = plan.drawing.runs(0, 1);
  const parameters = { numRuns: 1, examples: [[drawn]] as [Schedule][], seed: plan.seed };
  const isSpent = (): boolean => trial.evaluations >= MOST_EVALUATIONS || plan.isOver();
  const { subject } = plan;
  const details =
    subject.mode === 'sync'
      ? fc.check(
          fc.property(arbitrary, (schedule) => isSpent() || !trial.failsNow(subject, schedule)),
          parameters,
        )
      : await fc.check(
          fc.asyncProperty(
            arbitrary,
            async (schedule) => isSpent() || !(await trial.fails(schedule)),
          ),
          parameters,
        );
  return details.counterexample?.[0] ?? drawn;
}

/** Looks at every neighbour: what is said of a minimum was checked. */
async function certify(
  plan: Plan,
  trial: Trial,
  smallest: Schedule,
): Promise<{ readonly minimal: Minimal; readonly count: number }> {
  const minimal = { single: true, pair: true, value: true };
  let count = 0;
  for (const { less, schedule } of plan.drawing.neighbours(smallest)) {
    if (!minimal[less]) continue;
    count++;
    if (await trial.fails(schedule)) minimal[less] = false;
  }
  return { minimal, count };
}

/** The same story in round numbers, as far as each alone still fails; null where nothing got rounder. */
async function roundTwin(plan: Plan, trial: Trial, exact: Schedule): Promise<Schedule | null> {
  let twin = exact;
  for (let at = 0; at < plan.drawing.roundable(exact); at++) {
    for (const rounder of plan.drawing.rounder(twin, at)) {
      if (!(await trial.fails(rounder))) continue;
      twin = rounder;
      break;
    }
  }
  return twin === exact ? null : twin;
}

/** Plays it once more, keeping everything. */
async function record(
  plan: Plan,
  property: Property,
  schedule: Schedule,
): Promise<{ readonly events: readonly Event[]; readonly violation: Violation }> {
  const judge = new Judge([property], premisesOf(schedule, plan.strict));
  const events: Event[] = [];
  await plan.subject.run(schedule, (event) => {
    events.push(event);
    judge.observe(event);
  });
  const [verdict] = judge.verdicts();
  if (verdict?.kind === 'violated') return { events, violation: verdict.violation };
  throw new TickproofBug(
    `${property.name} broke, and did not when the same schedule was played again`,
  );
}
