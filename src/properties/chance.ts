import type { EventOf } from '../contract/event.js';
import { type ClockeventSpec, PLAIN_CLOCKEVENT, type VcpuId } from '../contract/machine.js';
import type { Premises } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { clocksCalcMultShift } from '../math/mult-shift.js';
import { ceilDivide, max, min } from '../math/u64.js';
import { frequency, type Nominal, RATE_ONE } from './nominal.js';

/** More are folded together, to the disadvantage of the law. */
const KEPT_SPANS = 32;
const KEPT_PROGRAMMINGS = 8;

/** A stretch in which a vCPU took no interrupts; true time, outer bounds. */
interface Span {
  /** Undefined: no vCPU did, as a handler may wait for one that is stopped in its middle. */
  readonly vcpu: VcpuId | undefined;
  readonly of: VcpuId;
  readonly cause: string;
  readonly fromNs: Ns;
  toNs: Ns | undefined;
}

/** What the device of a vCPU was programmed for, and how fast MONOTONIC went at most since. */
interface Programming {
  readonly sinceNs: Ns;
  readonly event: EventOf<'device-programmed'>;
  deltaNs: Ns;
  /** By how much MONOTONIC has jumped on since. */
  jumpedNs: Ns;
  /** How many it stands for. */
  count: bigint;
  /** d MONOTONIC / dt, 1 is {@link RATE_ONE}. */
  hi: bigint;
}

/**
 * *Chance* of laws.md on the vCPUs of one life: when one takes no interrupts, what its device was
 * programmed for, and by how much that may be late (bound B8).
 */
export class Chance {
  private spans: Span[] = [];
  private programmings: Programming[][] = [];
  readonly device: ClockeventSpec;
  /** Nothing before this instant of true time is known any more. */
  blindUntilNs: Ns = 0n;
  private readonly roundingNs: Ns;
  private readonly deviceMult: bigint;

  constructor(
    private readonly premises: Premises,
    private readonly nominal: Nominal,
    private readonly vm: number,
    /** What the host that emulates the device may have been slow by. */
    private readonly host: { readonly slowestHostPpb: bigint },
  ) {
    this.device = premises.machine.vms[vm]?.clockevent ?? PLAIN_CLOCKEVENT;
    const hz = frequency(nominal.spec);
    // A cycle more where the delta is converted, one where it is waited for, one where MONOTONIC is read.
    this.roundingNs = 3n + 3n * ceilDivide(NSEC_PER_SEC, hz);
    // As the kernel scales ns to the ticks of a device, of an eighth of the counter's frequency for the TSC's.
    this.deviceMult = max(clocksCalcMultShift(NSEC_PER_SEC, max(hz / 8n, 1n), 600n).mult, 1n);
  }

  copy(vm: number): Chance {
    const copy = new Chance(this.premises, this.nominal, vm, this.host);
    copy.spans = this.spans.map((span) => ({ ...span }));
    copy.programmings = this.programmings.map((all) => all.map((each) => ({ ...each })));
    copy.blindUntilNs = this.blindUntilNs;
    return copy;
  }

  held({ actor, cause, earliestNs }: EventOf<'interrupts-held'>): void {
    const vcpu = cause === 'preempted' ? undefined : actor.vcpu;
    this.spans.push({ vcpu, of: actor.vcpu, cause, fromNs: earliestNs, toNs: undefined });
    if (this.spans.length <= KEPT_SPANS) return;
    const dropped = this.spans.shift();
    this.blindUntilNs = max(this.blindUntilNs, dropped?.toNs ?? earliestNs);
  }

  released({ actor, cause, latestNs }: EventOf<'interrupts-released'>): void {
    for (const span of this.spans) {
      if (span.of === actor.vcpu && span.cause === cause) span.toNs ??= latestNs;
    }
  }

  programmed(event: EventOf<'device-programmed'>, hi: bigint): void {
    const { actor, earliestNs, deltaNs } = event;
    const all = this.programmings[actor.vcpu] ?? [];
    all.push({ sinceNs: earliestNs, event, deltaNs, jumpedNs: 0n, count: 1n, hi });
    if (all.length > KEPT_PROGRAMMINGS) {
      const [first, second] = all.splice(0, 2);
      if (first !== undefined && second !== undefined) {
        all.unshift({
          sinceNs: first.sinceNs,
          event: second.event,
          deltaNs: max(first.deltaNs, second.deltaNs),
          jumpedNs: max(first.jumpedNs, second.jumpedNs),
          count: first.count + second.count,
          hi: max(first.hi, second.hi),
        });
      }
    }
    this.programmings[actor.vcpu] = all;
  }

  /** MONOTONIC jumped on by `ns`, of which the devices know nothing. */
  jumped(ns: Ns): void {
    for (const all of this.programmings) for (const each of all ?? []) each.jumpedNs += ns;
  }

  /** What they were programmed for says nothing of the clock any more. */
  forget(): void {
    this.programmings = [];
  }

  rateChanged(hi: bigint): void {
    for (const all of this.programmings) {
      for (const each of all ?? []) each.hi = max(each.hi, hi);
    }
  }

  /** The last programming of a vCPU's device; undefined: the subject tells of none. */
  deviceOf(vcpu: VcpuId): EventOf<'device-programmed'> | undefined {
    return this.programmings[vcpu]?.at(-1)?.event;
  }

  /** Upper bound on how long between two instants of true time the vCPU took no interrupts, ns. */
  blockedNs(vcpu: VcpuId, fromNs: Ns, untilNs: Ns): Ns {
    let sum = 0n;
    for (const span of this.spans) {
      if (span.vcpu !== undefined && span.vcpu !== vcpu) continue;
      const from = max(span.fromNs, fromNs);
      const to = min(span.toNs ?? untilNs, untilNs);
      if (to > from) sum += to - from;
    }
    return sum;
  }

  /** Whether one of them is going on. */
  isBlocked(vcpu: VcpuId): boolean {
    return this.spans.some(
      (span) => span.toNs === undefined && (span.vcpu === undefined || span.vcpu === vcpu),
    );
  }

  /**
   * What a device may make a timer late that was due at `fromNs` or later, ns: B8, with the shortest
   * delta once for each programming since, which an earlier timer may ask for. The
   * counter may be slow by its declared error, the device against it, and the MONOTONIC of a host that
   * waits for a deadline against both; what rounding makes of
   * the delta is one in twice its multiplier, and less than 8 in its frequency.
   */
  deviceNs(vcpu: VcpuId, fromNs: Ns): Ns {
    const all = this.programmings[vcpu] ?? [];
    let mostNs = 0n;
    // Each that came after the timer was due put the device off once more.
    let count = 1n;
    for (let at = all.length - 1; at >= 0; at--) {
      const each = all[at];
      if (each === undefined) break;
      mostNs = max(mostNs, this.driftNs(each) + each.jumpedNs);
      if (each.sinceNs < fromNs) break;
      count += each.count;
    }
    return count * (this.device.minDeltaNs + this.roundingNs) + mostNs;
  }

  private get isEmulated(): boolean {
    return this.premises.machine.vms[this.vm]?.deadlineTimer !== undefined;
  }

  private driftNs({ deltaNs, hi }: Programming): Ns {
    const { counterPpb } = this.premises.declared;
    const counter = NSEC_PER_SEC - (counterPpb ?? 0n);
    const device = NSEC_PER_SEC + this.device.ratePpb;
    const host = NSEC_PER_SEC + (this.isEmulated ? this.host.slowestHostPpb : 0n);
    const passedNs = ceilDivide(
      deltaNs * hi * NSEC_PER_SEC ** 3n,
      RATE_ONE * counter * device * host,
    );
    const rounded = ceilDivide(deltaNs, 2n * this.deviceMult);
    const divided = ceilDivide(deltaNs * 8n, frequency(this.nominal.spec));
    return max(passedNs - deltaNs, 0n) + rounded + divided;
  }
}
