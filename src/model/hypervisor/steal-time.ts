import type { Ns } from '../../contract/units.js';

/**
 * What the guest is told of the time that its vCPU was ready to run and the host ran something else: the
 * record in guest memory. As struct kvm_steal_time; a guest of Arm has the same without a version.
 */
export interface StealRecord {
  /** ns; it never decreases, and travels with the guest's memory. */
  readonly stealNs: Ns;
  /** Even; it moves by two with each update. */
  readonly version: number;
}

export const NOTHING_STOLEN: StealRecord = { stealNs: 0n, version: 0 };

/**
 * The host's side for one vCPU: how long its thread waited for a CPU, as the scheduler counts it. A thread
 * that its VMM stopped waits for nothing, so a stop is no stolen time, and no sum of steal shows one.
 */
export class StealTime {
  private lastRunDelayNs: Ns;

  /** @param runDelayNs of the thread as it begins: a new host begins with a thread of its own. */
  constructor(runDelayNs: Ns) {
    this.lastRunDelayNs = runDelayNs;
  }

  /** As the vCPU is loaded on a CPU again. As record_steal_time(). */
  update({ stealNs, version }: StealRecord, runDelayNs: Ns): StealRecord {
    const waitedNs = runDelayNs - this.lastRunDelayNs;
    this.lastRunDelayNs = runDelayNs;
    return { stealNs: stealNs + waitedNs, version: (version + 2) >>> 0 };
  }
}
