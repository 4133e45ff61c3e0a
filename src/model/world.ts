import type { HostId, Machine } from '../contract/machine.js';
import { NOMINAL_TICK } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import { utcNs } from '../math/utc.js';

const BILLION = 1_000_000_000n;

/** At what rate CLOCK_MONOTONIC of a host runs, as adjtimex(2) asked for it. */
interface HostRate {
  /** Scaled ppm. */
  readonly freq: bigint;
  /** Microseconds per 1/100 s. */
  readonly tick: bigint;
  /** Both, in parts per 10^9 beside the counter. */
  readonly ratePpb: bigint;
}

/** A host's CLOCK_MONOTONIC, counted in 10^-9 cycles of its counter. */
interface HostMonotonic extends HostRate {
  /** The counter when it last changed its rate, and what it showed then. */
  readonly sinceCount: bigint;
  readonly since: bigint;
}

/** True time, and what the hosts' counters show. They never wrap here: a guest masks what it reads. */
export class World {
  /** True time, from 0. */
  nowNs: Ns = 0n;
  private cachedHost = -1;
  private cachedAtNs = -1n;
  private cached = 0n;
  private incarnations = 0;

  /** Of each host. */
  readonly rates: HostMonotonic[];

  constructor(readonly machine: Machine) {
    this.rates = machine.hosts.map(({ counterBoot }) => ({
      freq: 0n,
      tick: NOMINAL_TICK,
      ratePpb: 0n,
      sinceCount: counterBoot,
      since: 0n,
    }));
  }

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

  /** What a host's CLOCK_MONOTONIC shows now, in 10^-9 cycles. */
  monotonic(host: HostId): bigint {
    const { since, sinceCount, ratePpb } = this.rateOf(host);
    return since + (this.counter(host) - sinceCount) * (BILLION + ratePpb);
  }

  /** The first true instant at which it shows `value` or more as its rate is now, not before now. */
  instantOnMonotonic(host: HostId, value: bigint): Ns {
    const { since, sinceCount, ratePpb } = this.rateOf(host);
    return this.instantOf(host, sinceCount + ceilDivide(value - since, BILLION + ratePpb));
  }

  setRate(host: HostId, rate: HostRate): void {
    const since = this.monotonic(host);
    this.rates[host] = { ...rate, since, sinceCount: this.counter(host) };
  }

  private rateOf(host: HostId): HostMonotonic {
    const found = this.rates[host];
    if (found === undefined) throw new RangeError(`the machine has no host ${host}`);
    return found;
  }

  /** A number for a new life of a VM. */
  nextIncarnation(): number {
    return this.incarnations++;
  }

  /** What REALTIME of a host shows now, ns. */
  realtime(host: HostId): Ns {
    return utcNs(this.machine, this.nowNs) + (this.hostOf(host).realtimeErrorNs ?? 0n);
  }

  hostOf(host: HostId): Machine['hosts'][number] {
    const found = this.machine.hosts[host];
    if (found === undefined) throw new RangeError(`the machine has no host ${host}`);
    return found;
  }
}
