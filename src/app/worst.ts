import { nearest as nearestName, UsageError } from '../contract/errors.js';
import type { WorstOutcome } from '../contract/outcome.js';
import type { Property } from '../contract/property.js';
import { candidates } from '../generators/candidates.js';
import { draw } from '../generators/draw.js';
import { mutate } from '../generators/mutate.js';
import { referenceGuest } from '../model/reference.js';
import { LAWS } from '../properties/index.js';
import { type Near, nearest } from '../runner/worst.js';
import { designNamed, faultNamed, lawNamed } from './catalogue.js';
import { drawOptionsOf, type SearchOptions } from './check.js';
import { DEFAULT_DESIGN } from './machine.js';

export interface WorstOptions extends SearchOptions {
  /** A design by name: every machine drawn follows it. Left out: `cooperative-freeze`. */
  readonly design?: string;
  /** Faults by name, injected into the reference guest. */
  readonly faults?: readonly string[];
}

/**
 * Searches for the schedule that comes nearest to the bound of a law.
 *
 * @throws {UsageError} for a law that does not exist or has no bound that it measures against, and for a
 *   design or fault that does not exist.
 */
export async function worst(law: string, options: WorstOptions): Promise<WorstOutcome> {
  const beganMs = Date.now();
  const { seed, runs, maxCommands, timeLimitSec, interrupted, onProgress } = options;
  const property = measuredLaw(law);
  const { perNs } = property.measure;
  const design = designNamed(options.design ?? DEFAULT_DESIGN);
  const deadlineMs = timeLimitSec === undefined ? null : beganMs + timeLimitSec * 1000;
  const drawing = drawOptionsOf(design, { maxCommands });
  const found = await nearest({
    subject: referenceGuest({ faults: (options.faults ?? []).map(faultNamed) }),
    property,
    strict: new Set(options.strict),
    seed,
    runs,
    draw: (run) => draw(seed, run, drawing),
    mutate: (schedule, prng) => mutate(schedule, prng, drawing),
    candidates,
    isOver: () => interrupted?.() === true || (deadlineMs !== null && Date.now() >= deadlineMs),
    onProgress: (done, commandsExecuted) =>
      onProgress?.({ runs: done, of: runs, commandsExecuted, vacuous: [] }),
  });
  const front = found.front.map((near) => rowOf(near));
  return {
    seed,
    runs: found.runs,
    commandsExecuted: found.commandsExecuted,
    elapsedMs: Date.now() - beganMs,
    law: property.name,
    what: property.measure.what,
    perNs,
    nearest: front[0] ?? null,
    front,
    cut: found.cut,
  };
}

function rowOf({ bound, value, schedule }: Near): WorstOutcome['front'][number] {
  // To six digits: enough to tell near from at, and the same on every machine.
  const ratio = bound === 0n ? null : Number((value * 1_000_000n) / bound) / 1_000_000;
  return { bound, value, ratio, schedule };
}

/** @throws {UsageError} naming the laws that measure. */
function measuredLaw(name: string): Property & Required<Pick<Property, 'measure'>> {
  const law = lawNamed(name);
  const { measure } = law;
  if (measure !== undefined) return { ...law, measure };
  const measured = LAWS.filter((each) => each.measure !== undefined).map((each) => each.name);
  const near = nearestName(name, measured);
  throw new UsageError(
    `${name} has no bound that a run could come near to.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
      `  Accepted: ${measured.join(', ')}.`,
  );
}
