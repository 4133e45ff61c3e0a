import type { VcpuId } from '../contract/machine.js';
import type { Cycles, Ns } from '../contract/units.js';
import type { GuestStep } from './designs/host-step.js';
import type { World } from './world.js';

/** How a stop is taken out of the counter of a vCPU. */
export type Subtraction = Pick<
  Extract<GuestStep, { kind: 'subtract-stop' }>,
  'by' | 'sleptBeforeNs'
>;

/** What the host has taken out of a vCPU's counter of the time that the VM was away. */
interface Taken {
  readonly ns: Ns;
  readonly cycles: Cycles;
  readonly sleptBefore: boolean;
}

const NOTHING_TAKEN: Taken = { ns: 0n, cycles: 0n, sleptBefore: false };
const NSEC_PER_MSEC = 1_000_000n;

/** The host's books on how long a VM was stopped: from the last vCPU to stop to the first to start. */
export class Away {
  /** True time, and the host's counter, since when all vCPUs have been stopped; undefined: one runs. */
  private since: { readonly ns: Ns; readonly counter: bigint; readonly hz: bigint } | undefined;
  /** All stops that have ended. */
  totalNs: Ns = 0n;
  private totalCycles: Cycles = 0n;
  /** What is done to a vCPU as it enters. */
  private readonly requests = new Map<VcpuId, Subtraction>();
  private readonly taken = new Map<VcpuId, Taken>();
  /** The host slept for so long before the feature was enabled, and counts it with the first stop. */
  private sleptBeforeNs: Ns = 0n;
  /** Of kvmclock, which is one for the VM. */
  private clockTaken: Taken = NOTHING_TAKEN;
  /** The page of stopped time is written as the first vCPU enters. */
  writesPage = false;
  /** The list of a resume has ended, and `stop-handled` is still to be told. */
  owesHandled = false;
  /** A stop has begun that was not handled yet. */
  isUnhandled = false;

  begin(world: World, host: number): void {
    const { counterHz: hz } = world.hostOf(host);
    this.since ??= { ns: world.nowNs, counter: world.counter(host), hz };
    this.owesHandled = false;
    this.isUnhandled = true;
  }

  /** The first vCPU enters. */
  end(world: World, host: number): void {
    if (this.since === undefined) return;
    this.totalNs += world.nowNs - this.since.ns;
    this.totalCycles += world.counter(host) - this.since.counter;
    this.since = undefined;
  }

  /** What a page says of it: all that was taken out, where the host counts what it slept before, too. */
  get toldNs(): Ns {
    return this.totalNs + this.sleptBeforeNs;
  }

  asksOf(vcpu: VcpuId): boolean {
    return this.requests.has(vcpu);
  }

  /** What the host's counter showed, and its frequency, as the VM stopped; undefined: it runs. */
  get stoppedCounter(): bigint | undefined {
    return this.since?.counter;
  }

  get stoppedHz(): bigint | undefined {
    return this.since?.hz;
  }

  request(vcpu: VcpuId, subtraction: Subtraction): void {
    this.requests.set(vcpu, subtraction);
  }

  /**
   * What the counter of a vCPU is put back by as it enters, in cycles: the stops since its last entry.
   *
   * @param khz of the counter, nominal
   */
  takeOut(vcpu: VcpuId, khz: bigint): Cycles {
    const request = this.requests.get(vcpu);
    if (request === undefined) return 0n;
    this.requests.delete(vcpu);
    this.sleptBeforeNs = request.sleptBeforeNs ?? 0n;
    const taken = this.taken.get(vcpu) ?? NOTHING_TAKEN;
    this.taken.set(vcpu, { ns: this.totalNs, cycles: this.totalCycles, sleptBefore: true });
    const ms = (this.totalNs - taken.ns) / NSEC_PER_MSEC;
    if (request.by === 'whole-ms') return ms * khz;
    const cycles = this.totalCycles - taken.cycles;
    if (taken.sleptBefore || request.sleptBeforeNs === undefined) return cycles;
    return cycles + (request.sleptBeforeNs * khz) / NSEC_PER_MSEC;
  }

  /** The same of kvmclock, by whole ns and once for all vCPUs. */
  takeOutOfKvmclock(): Ns {
    const { ns, sleptBefore } = this.clockTaken;
    this.clockTaken = { ns: this.totalNs, cycles: 0n, sleptBefore: true };
    return this.totalNs - ns + (sleptBefore ? 0n : this.sleptBeforeNs);
  }
}
