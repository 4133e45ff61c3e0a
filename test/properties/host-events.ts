import type { Signs } from '../../src/contract/consumer.js';
import type { EventOf } from '../../src/contract/event.js';
import type { Ns } from '../../src/contract/units.js';
import { Story } from './events.js';

const NO_SIGNS: Signs = { unsync: 0n, 'cancel-on-set': 0n, marker: 0n, freeze: 0n };

/** What a hypervisor does around a stop, and what tasks do meanwhile. */
export class HostStory extends Story {
  request(): this {
    return this.push({ kind: 'freeze-requested', ...this.stamp(this.vmm()) });
  }

  acknowledge(vcpu = 0): this {
    return this.push({ kind: 'freeze-acknowledged', ...this.stamp(this.vcpu(vcpu)) });
  }

  abort(): this {
    return this.push({ kind: 'freeze-aborted', ...this.stamp(this.vmm()) });
  }

  thaw(vcpu = 0): this {
    return this.push({ kind: 'thawed', ...this.stamp(this.vcpu(vcpu)) });
  }

  say(): this {
    return this.push({ kind: 'stopped-uncooperatively', ...this.stamp(this.vmm()) });
  }

  poll(on = 0, about: Partial<EventOf<'daemon-polled'>> = {}): this {
    return this.push({
      kind: 'daemon-polled',
      ...this.stamp({ vm: 0, task: 'daemon' as const }),
      on,
      signs: NO_SIGNS,
      realtimeNs: 0n,
      sourceNs: 0n,
      sourceErrorNs: 0n,
      did: 'nothing',
      believedErrorNs: 0n,
      ...about,
    });
  }

  stampTime(kind: 'timestamp-taken' | 'timestamp-used', signs: Partial<Signs> = {}): this {
    const stamp = this.stamp({ vm: 0, task: 'application' as const });
    return this.push({ kind, ...stamp, on: 0, signs: { ...NO_SIGNS, ...signs }, realtimeNs: 0n });
  }

  /** A handler or an agent of the design sets the clock. */
  setByDesign(vcpu: number, stepNs: Ns): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    const about = { sec: 0n, nsec: 0n, ret: 0, stepNs, byDesign: true };
    return this.push({ kind: 'clock-set', ...stamp, ...about });
  }

  check(fired: boolean, about: Partial<EventOf<'watchdog-checked'>> = {}): this {
    return this.push({
      kind: 'watchdog-checked',
      ...this.stamp(this.vcpu(0)),
      watchdog: 'lease',
      elapsedNs: 0n,
      thresholdNs: 10_000_000_000n,
      forgave: false,
      fired,
      ...about,
    });
  }

  touch(watchdog: EventOf<'watchdog-touched'>['watchdog'], vcpu = 0): this {
    return this.push({ kind: 'watchdog-touched', ...this.stamp(this.vcpu(vcpu)), watchdog });
  }

  told(totalNs: Ns, by = 'suspend-time-page', vcpu = 0): this {
    return this.push({ kind: 'stopped-time-read', ...this.stamp(this.vcpu(vcpu)), by, totalNs });
  }

  /** Host steps by name. */
  take(...steps: readonly string[]): this {
    for (const step of steps) {
      this.push({ kind: 'host-step-taken', ...this.stamp(this.vmm()), step });
    }
    return this;
  }

  /** A counter as it is, on a host of 1 GHz without scaling; `counter` follows from the rest. */
  counter(
    vcpu: number,
    because: EventOf<'counter-seen'>['because'],
    about: Partial<EventOf<'counter-seen'>> = {},
  ): this {
    const seen = {
      host: 0,
      hostCounter: 0n,
      ratio: 1n << 48n,
      fraction: 48n,
      offset: 0n,
      adjust: 0n,
      generation: 0,
      physical: null,
      ...about,
    };
    const scaled = (seen.hostCounter * seen.ratio) >> seen.fraction;
    const counter = BigInt.asUintN(64, scaled + seen.offset);
    return this.push({
      kind: 'counter-seen',
      ...this.stamp(this.vcpu(vcpu)),
      counter,
      because,
      ...seen,
    });
  }

  /** A page on which a cycle is half a nanosecond. */
  page(vcpu: number, about: Partial<EventOf<'pvclock-written'>> = {}): this {
    return this.push({
      kind: 'pvclock-written',
      ...this.stamp(this.vcpu(vcpu)),
      tscTimestamp: 0n,
      systemTime: 0n,
      tscToSystemMul: 1n << 31n,
      tscShift: 0,
      stable: true,
      tsc: 0n,
      isSet: false,
      ...about,
    });
  }

  got(tsc: bigint, clockNs: Ns, stable = true): this {
    return this.push({ kind: 'kvmclock-got', ...this.stamp(this.vmm()), clockNs, tsc, stable });
  }
}
