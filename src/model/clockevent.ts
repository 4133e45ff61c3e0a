import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { clocksCalcMultShift, type MultShift } from '../math/mult-shift.js';

/** Shortest programming, as clockevents_config() allows it at least. */
export const MIN_DELTA_NS: Ns = 1_000n;
/** Longest programming: mult and shift are exact enough for so long; what is further is reached in pieces. */
export const MAX_DELTA_NS: Ns = 600n * NSEC_PER_SEC;

/**
 * A one-shot clockevent device of one vCPU, after the TSC deadline timer: it interrupts once the
 * counter has reached the deadline. It counts nominal time, which NTP does not adjust.
 */
export class Clockevent {
  private readonly rate: MultShift;
  /** Value of the (unmasked) counter that it waits for; undefined: shut down. */
  deadline: bigint | undefined;

  /** @param counterHz nominal frequency of the counter. */
  constructor(counterHz: bigint) {
    this.rate = clocksCalcMultShift(NSEC_PER_SEC, counterHz, MAX_DELTA_NS / NSEC_PER_SEC);
  }

  /** As clockevents_program_event() with force: what is already past comes after the shortest delta. */
  program(deltaNs: Ns, counter: bigint): void {
    let clamped = deltaNs;
    if (clamped > MAX_DELTA_NS) clamped = MAX_DELTA_NS;
    if (clamped < MIN_DELTA_NS) clamped = MIN_DELTA_NS;
    this.deadline = counter + ((clamped * this.rate.mult) >> this.rate.shift);
  }

  shutdown(): void {
    this.deadline = undefined;
  }
}
