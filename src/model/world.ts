import type { HostId, Machine } from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';

/** True time, and what the hosts' counters show. They never wrap here: a guest masks what it reads. */
export class World {
  /** True time, from 0. */
  nowNs: Ns = 0n;
  private cachedHost = -1;
  private cachedAtNs = -1n;
  private cached = 0n;
  private incarnations = 0;

  constructor(readonly machine: Machine) {}

  /** The counter of a host now. */
  counter(host: HostId): bigint {
    if (host !== this.cachedHost || this.nowNs !== this.cachedAtNs) {
      const { counterBoot, counterHz } = this.hostOf(host);
      this.cached = counterBoot + (this.nowNs * counterHz) / NSEC_PER_SEC;
      this.cachedHost = host;
      this.cachedAtNs = this.nowNs;
    }
    return this.cached;
  }

  /** The first true instant at which the counter of a host shows `count` or more, not before now. */
  instantOf(host: HostId, count: bigint): Ns {
    const { counterBoot, counterHz } = this.hostOf(host);
    const atNs = ceilDivide((count - counterBoot) * NSEC_PER_SEC, counterHz);
    return atNs > this.nowNs ? atNs : this.nowNs;
  }

  /** A number for a new life of a VM. */
  nextIncarnation(): number {
    return this.incarnations++;
  }

  private hostOf(host: HostId): Machine['hosts'][number] {
    const found = this.machine.hosts[host];
    if (found === undefined) throw new RangeError(`the machine has no host ${host}`);
    return found;
  }
}
