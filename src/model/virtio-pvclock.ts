import type { Cycles, Ns } from '../contract/units.js';
import { crosvmMult } from './hypervisor/crosvm-pvclock.js';

/** An instant as the device sees it: the TSC, and its host's monotonic clock. */
export interface DeviceInstant {
  readonly tsc: Cycles;
  readonly ns: Ns;
}

/** crosvm's virtio-pvclock: a page by which the guest reads the TSC less what it made while suspended. */
export class VirtioPvclock {
  /** What the TSC made while the device was suspended. */
  private delta: Cycles = 0n;
  private suspended: DeviceInstant | undefined;

  clone(): VirtioPvclock {
    return Object.assign(new VirtioPvclock(), this);
  }

  /** As suspend(): notes the instant, and changes nothing in the page. */
  suspend(at: DeviceInstant): void {
    this.suspended = at;
  }

  /** As resume(). @returns by how much the total in the configuration grows, ns; undefined: it was not suspended. */
  resume(at: DeviceInstant): Ns | undefined {
    if (this.suspended === undefined) return undefined;
    const { tsc, ns } = this.suspended;
    this.suspended = undefined;
    this.delta += at.tsc - tsc;
    return at.ns - ns;
  }

  /** What the guest reads, ns. As pvclock_clocksource_read() of the page that the device writes. */
  read(tsc: Cycles, counterHz: bigint): Ns {
    return ((tsc - this.delta) * crosvmMult(counterHz)) >> 16n;
  }
}
