import * as fc from 'fast-check';
import type { Machine } from '../contract/machine.js';
import type { Schedule } from '../contract/schedule.js';
import { candidates, type Mark, START } from './candidates.js';
import { type DrawOptions, draw } from './draw.js';

/**
 * Schedules as a fast-check arbitrary, good in a plain `fc.assert`: fast-check draws two numbers,
 * `draw` does the rest, and `candidates` shrinks.
 */
class Schedules extends fc.Arbitrary<Schedule> {
  constructor(private readonly options: DrawOptions) {
    super();
  }

  override generate(random: fc.Random): fc.Value<Schedule> {
    const seed = random.nextInt();
    const run = random.nextInt();
    return new fc.Value(draw(seed, run, this.options), START);
  }

  override canShrinkWithoutContext(value: unknown): value is Schedule {
    return typeof value === 'object' && value !== null && 'commands' in value;
  }

  override shrink(schedule: Schedule, context?: unknown): fc.Stream<fc.Value<Schedule>> {
    const isAboutStops = this.options.scene !== undefined;
    return fc.stream(shrunk(schedule, isMark(context) ? context : START, isAboutStops));
  }
}

/** @param keepsMachine a question about a design is one on the machine of its scene. */
function* shrunk(
  schedule: Schedule,
  mark: Mark,
  keepsMachine: boolean,
): Generator<fc.Value<Schedule>> {
  for (const candidate of candidates(schedule, mark)) {
    if (keepsMachine && !isOnSameMachine(candidate.schedule, schedule)) continue;
    yield new fc.Value(candidate.schedule, candidate.mark);
  }
}

/** Whether a smaller schedule is on the machine of the other one, but for vCPUs that it does without. */
export function isOnSameMachine(smaller: Schedule, { machine }: Schedule): boolean {
  if (smaller.machine === machine) return true;
  const count = (of: Machine) => of.vms.reduce((sum, { vcpus }) => sum + vcpus.length, 0);
  return count(smaller.machine) < count(machine);
}

function isMark(context: unknown): context is Mark {
  return typeof context === 'object' && context !== null && 'pass' in context;
}

/** Random schedules; `options` as for {@link draw}. */
export function schedules(options: DrawOptions): fc.Arbitrary<Schedule> {
  return new Schedules(options);
}

/**
 * The schedules of a search, in the order of its runs: `first`, `first + step`, and so on. Which
 * schedule a run gets depends on the seed and its number alone, so a search can be dealt out.
 */
export function schedulesOfRuns(
  seed: number,
  options: DrawOptions,
  first: number,
  step: number,
): fc.Arbitrary<Schedule> {
  return new RunSchedules(seed, options, first, step);
}

class RunSchedules extends Schedules {
  constructor(
    private readonly seed: number,
    private readonly drawing: DrawOptions,
    private run: number,
    private readonly step: number,
  ) {
    super(drawing);
  }

  override generate(): fc.Value<Schedule> {
    const schedule = draw(this.seed, this.run, this.drawing);
    this.run += this.step;
    return new fc.Value(schedule, START);
  }
}
