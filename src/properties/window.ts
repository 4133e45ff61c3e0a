import type { VcpuId } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';

/** How much of a VM goes on: laws.md, "Running, stopped", "Suspended". */
export type Phase = 'away' | 'partly' | 'fully';

/**
 * Who runs, as of the last event of a life.
 *
 * - *stopped*: every vCPU is; before its first start a vCPU counts as stopped.
 * - *suspended*: between the guest's `guest-suspended` and `guest-resumed`.
 * - *away*: stopped or suspended; *awake*: neither; *full*: every vCPU runs and not suspended.
 */
export class Presence {
  suspended = false;
  private readonly running: boolean[];
  private count = 0;

  constructor(private readonly vcpuCount: number) {
    this.running = new Array<boolean>(vcpuCount).fill(false);
  }

  /** As of the instant of a snapshot: who takes it up starts with all vCPUs stopped. */
  copyStopped(): Presence {
    const copy = new Presence(this.vcpuCount);
    copy.suspended = this.suspended;
    return copy;
  }

  started(vcpu: VcpuId): void {
    if (this.running[vcpu] === true) return;
    this.running[vcpu] = true;
    this.count++;
  }

  stopped(vcpu: VcpuId): void {
    if (this.running[vcpu] !== true) return;
    this.running[vcpu] = false;
    this.count--;
  }

  get isStopped(): boolean {
    return this.count === 0;
  }

  get phase(): Phase {
    if (this.suspended || this.count === 0) return 'away';
    return this.count < this.vcpuCount ? 'partly' : 'fully';
  }
}

/**
 * ∫ rate dt over the time in which something goes on, as a function of true time: *awake(W)* and
 * *full(W)* of laws.md with a rate. For an upper bound it goes on from the earliest instant to the
 * latest, for a lower bound the other way round: the caller chooses which end of an event to give.
 *
 * Kept as a running sum, so that a bound on all windows is one comparison: (value − integral) of
 * the later read against the extreme of the earlier ones.
 */
export class Integral {
  /** Of everything before `edgeNs`, in ns times the unit of the rate. */
  private sum = 0n;
  private goesOn = false;
  /** The last instant at which it began, ended or changed its rate. */
  edgeNs: Ns = 0n;

  constructor(public rate: bigint) {}

  copy(): Integral {
    const copy = new Integral(this.rate);
    copy.sum = this.sum;
    copy.goesOn = this.goesOn;
    copy.edgeNs = this.edgeNs;
    return copy;
  }

  /** Up to `atNs`; of an earlier instant than `edgeNs` the value there, which is not below. */
  at(atNs: Ns): bigint {
    if (!this.goesOn || atNs <= this.edgeNs) return this.sum;
    return this.sum + (atNs - this.edgeNs) * this.rate;
  }

  begin(atNs: Ns): void {
    if (this.goesOn) return;
    this.goesOn = true;
    if (atNs > this.edgeNs) this.edgeNs = atNs;
  }

  end(atNs: Ns): void {
    if (!this.goesOn) return;
    this.moveEdge(atNs);
    this.goesOn = false;
  }

  /**
   * From `atNs` on the rate is another; where that lies before `edgeNs`, for the time since as
   * well.
   */
  changeRate(atNs: Ns, rate: bigint): void {
    if (this.goesOn) {
      if (atNs < this.edgeNs) this.sum += (this.edgeNs - atNs) * (rate - this.rate);
      else this.moveEdge(atNs);
    }
    this.rate = rate;
  }

  /** An allowance that every window has which contains this point of the order of events. */
  add(amount: bigint): void {
    this.sum += amount;
  }

  private moveEdge(atNs: Ns): void {
    if (atNs <= this.edgeNs) return;
    this.sum += (atNs - this.edgeNs) * this.rate;
    this.edgeNs = atNs;
  }
}
