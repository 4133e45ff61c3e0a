import { CLOCKS, type ClockId } from '../contract/clock.js';
import type { Event } from '../contract/event.js';
import type { Machine } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { abs, ceilDivide, max } from '../math/u64.js';

/** What a clock may be off after a stop: laws.md, "eps". */
type Group = 'monotonic' | 'boottime' | 'realtime';

const GROUPS: Readonly<Record<ClockId, Group>> = {
  CLOCK_MONOTONIC: 'monotonic',
  CLOCK_MONOTONIC_RAW: 'monotonic',
  CLOCK_MONOTONIC_COARSE: 'monotonic',
  CLOCK_BOOTTIME: 'boottime',
  CLOCK_REALTIME: 'realtime',
  CLOCK_REALTIME_COARSE: 'realtime',
  CLOCK_TAI: 'realtime',
};

/** Two reads, each cut to whole ns. */
const QUANTUM_NS: Ns = 2n;

/** The stops of a VM so far, and what its clocks may be off for them. */
export class Stops {
  count = 0n;
  private awayNs: Ns = 0n;
  private firstNs: Ns = 0n;
  private stoppedNs: Ns | undefined;
  private readonly running = new Set<number>();
  /** The largest frequency that NTP asked for, parts per 10^9. */
  private ntpPpb = 0n;

  constructor(
    private readonly machine: Machine,
    private readonly counterPpb: bigint,
  ) {}

  see(event: Event): void {
    if (event.kind === 'vcpu-stopped') {
      this.running.delete(event.actor.vcpu);
      if (this.running.size === 0) this.stoppedNs ??= event.earliestNs;
    } else if (event.kind === 'vcpu-started') {
      this.running.add(event.actor.vcpu);
      this.start(event.latestNs);
    } else if (event.kind === 'ntp-adjusted') {
      this.ntpPpb = max(this.ntpPpb, ceilDivide(abs(event.freq) * 1_000n, 65_536n));
    }
  }

  private start(atNs: Ns): void {
    if (this.stoppedNs === undefined) return;
    if (this.count === 0n) this.firstNs = this.stoppedNs;
    this.count++;
    this.awayNs += atNs - this.stoppedNs;
    this.stoppedNs = undefined;
  }

  /** What two reads of a clock at one instant after them may differ by. */
  epsNs(clock: ClockId, atNs: Ns): Ns {
    const { machine } = this;
    const isCoarse = CLOCKS[clock].resolution === 'tick';
    // Where devices make the ticks, the last one may be another.
    const tickNs =
      isCoarse && machine.tick === 'clockevent' ? NSEC_PER_SEC / BigInt(machine.hz) : 0n;
    return tickNs + this.fineEpsNs(GROUPS[clock], atNs);
  }

  private fineEpsNs(group: Group, atNs: Ns): Ns {
    const { stopErrorNs, realtimeNs = 0n } = this.machine.declared;
    const { count, counterPpb } = this;
    const apart = 2n * partOf(atNs - this.firstNs, counterPpb);
    const monotonic = QUANTUM_NS + count * stopErrorNs.monotonic + apart;
    if (group === 'monotonic') return monotonic;
    const boottime = monotonic + count * stopErrorNs.boottime + partOf(this.awayNs, counterPpb);
    if (group === 'boottime') return boottime;
    return boottime + 2n * realtimeNs + partOf(this.awayNs, counterPpb + this.ntpPpb);
  }
}

function partOf(ns: Ns, ppb: bigint): Ns {
  return ceilDivide(ns * ppb, NSEC_PER_SEC);
}
