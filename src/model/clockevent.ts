import { type ClockeventSpec, PLAIN_CLOCKEVENT } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { clocksCalcMultShift, type MultShift } from '../math/mult-shift.js';
import { ceilDivide } from '../math/u64.js';
import type { Rules } from './rules.js';

/** For so long mult and shift are to be exact, at most. */
const MAX_SEC = 600n;

/** The TSC deadline timer is programmed in eighths of its frequency: a deadline is rounded down by up to 7 cycles. */
const TSC_DIVISOR = 8n;

/** What the device of a vCPU is made of. */
export interface ClockeventOptions {
  readonly spec: ClockeventSpec | undefined;
  /** Nominal frequency of the counter that the guest's clocks read, Hz. */
  readonly counterHz: bigint;
  /** Whether it is the deadline timer of x86. */
  readonly isTscDeadline: boolean;
  readonly rules: Rules;
}

/**
 * A one-shot clockevent device of one vCPU: it interrupts once it has counted down. It counts
 * nominal time, which NTP does not adjust, and may drift against the counter.
 */
export class Clockevent {
  private readonly rate: MultShift;
  private readonly spec: ClockeventSpec;
  private readonly divisor: bigint;
  private readonly rules: Rules;
  /** Value of the (unmasked) counter at which it interrupts; undefined: shut down. */
  deadline: bigint | undefined;
  /** What it is to interrupt for, ns of MONOTONIC; undefined: shut down. */
  nextEvent: Ns | undefined;
  /** What it was programmed for, ns. */
  deltaNs: Ns = 0n;

  constructor({ spec, counterHz, isTscDeadline, rules }: ClockeventOptions) {
    this.spec = spec ?? PLAIN_CLOCKEVENT;
    this.divisor = isTscDeadline ? TSC_DIVISOR : 1n;
    this.rate = clocksCalcMultShift(NSEC_PER_SEC, counterHz / this.divisor, MAX_SEC);
    this.rules = rules;
  }

  /**
   * As clockevents_program_event() with force: what is already past comes after the shortest delta.
   *
   * @param nextEvent on MONOTONIC, which shows `now`
   * @param counter the counter at that instant
   */
  program(nextEvent: Ns, now: Ns, counter: bigint): void {
    const { minDeltaNs, maxDeltaNs, ratePpb } = this.spec;
    let clamped = nextEvent - now;
    if (clamped > maxDeltaNs) clamped = maxDeltaNs;
    if (clamped < minDeltaNs) clamped = minDeltaNs;
    const ticks = this.rules.deviceTicks((clamped * this.rate.mult) >> this.rate.shift);
    // At ratePpb above 0 the device is through before the counter has made as many cycles.
    const cycles = ceilDivide(ticks * this.divisor * NSEC_PER_SEC, NSEC_PER_SEC + ratePpb);
    this.nextEvent = nextEvent;
    this.deltaNs = clamped;
    this.deadline = counter + cycles;
  }

  shutdown(): void {
    this.deadline = undefined;
    this.nextEvent = undefined;
    this.deltaNs = 0n;
  }

  save(): SavedClockevent {
    return { deadline: this.deadline, nextEvent: this.nextEvent, deltaNs: this.deltaNs };
  }

  load({ deadline, nextEvent, deltaNs }: SavedClockevent): void {
    this.deadline = deadline;
    this.nextEvent = nextEvent;
    this.deltaNs = deltaNs;
  }
}

/** What a snapshot has of the device. */
export interface SavedClockevent {
  readonly deadline: bigint | undefined;
  readonly nextEvent: Ns | undefined;
  readonly deltaNs: Ns;
}
