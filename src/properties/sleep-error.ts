import type { EventOf } from '../contract/event.js';
import type { Premises } from '../contract/property.js';
import { ADJ_NANO, ADJ_SETOFFSET, STA_DEL, STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { abs, ceilDivide, max, min } from '../math/u64.js';
import { holdErrorNs } from './granularity.js';
import { type Nominal, RATE_ONE, type RateRange } from './nominal.js';
import type { RateInForce } from './rate.js';

/** What a clock of that rate shows too much or too little of a time, at most. */
export function errorOver(ns: Ns, { lo, hi }: RateRange): Ns {
  return ceilDivide(ns * max(hi - RATE_ONE, RATE_ONE - lo), RATE_ONE);
}

/** A drift of REALTIME against the persistent clock below this counts as rounding of the latter. */
const COMPENSATED_NS = 2n * NSEC_PER_SEC;

/**
 * How far the guest's measure of its own suspend may be off.
 *
 * - By a nonstop counter: 1 ns, the counter's and mult's error over the sleep, and declared skew,
 *   as another vCPU may end the sleep than began it.
 * - By the persistent clock: its grid, and the drift that the kernel takes for rounding
 *   (timekeeping_suspend(), linux-timekeeping §7): what REALTIME moved against true time since the
 *   boot or the last sleep that was longer than it, if below 2 s. Clocks set, leap seconds, host
 *   stops, NTP and declared skew all move it.
 */
export class SleepError {
  /** Bound on the drift since `sinceNs` that has no rate, ns. */
  private stepsNs: Ns = 0n;
  private sinceNs: Ns = 0n;
  private hasStopped = false;

  constructor(
    private readonly premises: Premises,
    private readonly nominal: Nominal,
  ) {}

  copy(): SleepError {
    return Object.assign(new SleepError(this.premises, this.nominal), this);
  }

  clockSet({ stepNs }: EventOf<'clock-set'>): void {
    this.stepsNs += abs(stepNs);
  }

  ntpAdjusted({ timex, status }: EventOf<'ntp-adjusted'>): void {
    if ((status & (STA_INS | STA_DEL)) !== 0) this.stepsNs += COMPENSATED_NS;
    if ((timex.modes & ADJ_SETOFFSET) === 0) return;
    const unit = (timex.modes & ADJ_NANO) === 0 ? 1_000n : 1n;
    this.stepsNs += abs((timex.timeSec ?? 0n) * NSEC_PER_SEC + (timex.timeUsec ?? 0n) * unit);
  }

  /** A writer may have moved the clock on by the skew of its vCPU. */
  written(): void {
    this.stepsNs += this.nominal.skewNs;
  }

  /** The VM was stopped for at most that long: REALTIME may have stood still. */
  stopped(awayNs: Ns): void {
    this.stepsNs += awayNs + this.nominal.skewNs * BigInt(this.nominal.vcpuCount);
    this.hasStopped = true;
  }

  /** Bound for the suspend that ends with `resumed`, and lasted from `leastNs` to `mostNs`. */
  endOf(resumed: EventOf<'guest-resumed'>, leastNs: Ns, mostNs: Ns, rate: RateInForce): Ns {
    const { raw, spec, skewNs } = this.nominal;
    const cycleNs = holdErrorNs(this.nominal);
    const errorNs = 2n * cycleNs + errorOver(mostNs, raw);
    const byCounter = spec.nonstop ? 2n * skewNs : 0n;
    const { hasStopped } = this;
    // A counter that a stop held, or that seems to have gone back, is no measure: the guest asks
    // the persistent clock. It looks so after a wrap too, as it is compared without its mask (§7),
    // and after a sleep of less than one of its cycles.
    const hasMeasure = spec.nonstop && !hasStopped && !this.mayHaveWrapped(resumed, mostNs);
    if (hasMeasure && leastNs > 2n * skewNs + cycleNs) return errorNs + byCounter;
    this.hasStopped = false;
    const range = { lo: rate.lowest, hi: rate.highest };
    this.stepsNs += errorOver(resumed.latestNs - this.sinceNs, range);
    this.sinceNs = resumed.earliestNs;
    const gridNs = this.premises.declared.rtcResolutionNs;
    const driftNs = min(this.stepsNs + 2n * skewNs, COMPENSATED_NS);
    // The sleep took back what REALTIME had drifted. One shorter than the drift takes nothing back,
    // nor may one with a stop in it, whose length the host may have told instead.
    if (!spec.nonstop && !hasStopped && leastNs > driftNs + gridNs) this.stepsNs = 0n;
    return errorNs + byCounter + gridNs + driftNs;
  }

  private mayHaveWrapped({ actor, latestNs }: EventOf<'guest-resumed'>, mostNs: Ns): boolean {
    const { hosts, vms } = this.premises.machine;
    const vm = vms[actor.vm];
    const host = hosts[vm?.host ?? 0];
    if (vm === undefined || host === undefined) return true;
    const width = BigInt(vm.clocksource.widthBits);
    const countAt = (ns: Ns): bigint => host.counterBoot + (ns * host.counterHz) / NSEC_PER_SEC;
    return vm.vcpus.some(
      ({ skewCycles }) =>
        (countAt(latestNs - mostNs) + skewCycles) >> width !==
        (countAt(latestNs) + skewCycles) >> width,
    );
  }
}
