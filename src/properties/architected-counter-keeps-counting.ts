import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Premises, Property } from '../contract/property.js';
import { FOREVER, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { maskOf } from '../math/mult-shift.js';
import { max } from '../math/u64.js';
import { frequency } from './nominal.js';
import { WatchLives } from './watch-lives.js';

type Seen = EventOf<'counter-seen'>;

/** The architecture says that it never stops. */
const ALWAYS_ON: ReadonlySet<string> = new Set(['arch_sys_counter']);

/**
 * gain = D * f * (1 ± c) ± 1 cycle, modulo the counter's width, from the counter seen as a vCPU stopped
 * to the one seen as it started: D is the true time between the two, f the frequency that the guest
 * was told, c the declared error of it. One cycle, as each of the two is cut to a whole one.
 *
 * A stop that ends on another host is left out: there is another counter, and no architecture says what
 * a VMM makes of it.
 *
 * It says the opposite of a MONOTONIC that skips the stop, unless the guest helps.
 */
export const architectedCounterKeepsCounting: Property = {
  name: 'architected-counter-keeps-counting',
  statement: 'An architected counter counts on while the VM is stopped.',
  source: {
    title: 'M. Zyngier, 4 Dec 2021: "an always-on domain that keeps counting when suspended"',
    url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
  },
  monitor: (premises) => new Counters(premises),
};

class Counters extends WatchLives<StopsOfLife> {
  constructor(private readonly premises: Premises) {
    super(() => new StopsOfLife());
  }

  'counter-seen'(seen: Seen): Finding {
    const { stops } = this.lives.of(seen);
    if (seen.because === 'stop') stops.set(seen.actor.vcpu, seen);
    if (seen.because !== 'start') return undefined;
    const stop = stops.get(seen.actor.vcpu);
    stops.delete(seen.actor.vcpu);
    return stop?.host === seen.host ? this.judge(stop, seen) : undefined;
  }

  private judge(stop: Seen, start: Seen): Finding {
    const { counterPpb } = this.premises.declared;
    const spec = this.premises.machine.vms[start.actor.vm]?.clocksource;
    if (spec === undefined || !ALWAYS_ON.has(spec.name) || counterPpb === null) return undefined;
    if (start.latestNs === FOREVER || stop.latestNs === FOREVER) return undefined;
    const gain = (start.counter - stop.counter) & maskOf(spec.widthBits);
    const shortestNs = max(start.earliestNs - stop.latestNs, 0n);
    const longestNs = start.latestNs - stop.earliestNs;
    const hz = frequency(spec);
    const least = (shortestNs * hz * (NSEC_PER_SEC - counterPpb)) / NSEC_PER_SEC - NSEC_PER_SEC;
    const most = (longestNs * hz * (NSEC_PER_SEC + counterPpb)) / NSEC_PER_SEC + NSEC_PER_SEC;
    // Both in cycles * 10^9, the fractions of which the division above drops.
    if (gain * NSEC_PER_SEC >= least && gain * NSEC_PER_SEC <= most + 1n) return 'held';
    return {
      expected: `${least / NSEC_PER_SEC} to ${most / NSEC_PER_SEC} cycles more on vCPU ${start.actor.vcpu} after ${spanOf(shortestNs, longestNs)}`,
      observed: `${gain} cycles more`,
      evidence: [stop, start],
    };
  }
}

function spanOf(shortestNs: Ns, longestNs: Ns): string {
  return shortestNs === longestNs ? `${longestNs} ns` : `${shortestNs} to ${longestNs} ns`;
}

class StopsOfLife {
  /** Of each stopped vCPU. */
  readonly stops = new Map<VcpuId, Seen>();

  copy(): StopsOfLife {
    const copy = new StopsOfLife();
    for (const [vcpu, stop] of this.stops) copy.stops.set(vcpu, stop);
    return copy;
  }
}
