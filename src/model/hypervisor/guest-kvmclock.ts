import type { Ns } from '../../contract/units.js';
import { u64 } from '../../math/u64.js';
import { PVCLOCK_TSC_STABLE, type PvclockVcpuTimeInfo, pvclockRead } from './pvclock.js';

/** The guest's side of kvmclock: what is in its memory. */
export class GuestKvmclock {
  private pages: (PvclockVcpuTimeInfo | undefined)[] = [];
  /** VM-wide: the most that any vCPU has read, which matters where the TSCs are not of one clock. */
  private lastValue: Ns = 0n;

  /**
   * kvmclock on a vCPU whose TSC shows `tsc`, ns. As pvclock_clocksource_read().
   *
   * @param isRunning a vCPU that is stopped reads nothing: what others work out for it leaves no trace
   */
  read(at: number, tsc: bigint, isRunning: boolean): Ns {
    const page = this.pages[at];
    if (page === undefined) return 0n;
    const ns = pvclockRead(page, u64(tsc));
    if ((page.flags & PVCLOCK_TSC_STABLE) !== 0) return ns;
    if (ns <= this.lastValue) return this.lastValue;
    if (isRunning) this.lastValue = ns;
    return ns;
  }

  pageAt(at: number): PvclockVcpuTimeInfo | undefined {
    return this.pages[at];
  }

  write(at: number, page: PvclockVcpuTimeInfo): void {
    this.pages[at] = page;
  }

  clone(): GuestKvmclock {
    const copy = new GuestKvmclock();
    copy.pages = [...this.pages];
    copy.lastValue = this.lastValue;
    return copy;
  }
}
