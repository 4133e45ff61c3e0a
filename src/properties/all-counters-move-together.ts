import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Premises, Property } from '../contract/property.js';
import type { Cycles } from '../contract/units.js';
import { maskOf } from '../math/mult-shift.js';
import { WatchLives } from './watch-lives.js';

type Seen = EventOf<'counter-seen'>;

/**
 * A guest that has two counters, as arm64 has a virtual and a physical one, may compare them: their
 * difference, modulo the width of its counter, is after a stop what it was before. A stop lasts from
 * the counter seen as the vCPU stopped to the one seen as it started, in that life or in one restored
 * from it.
 */
export const allCountersMoveTogether: Property = {
  name: 'all-counters-move-together',
  statement: 'Counters that one guest can see differ after a stop by what they differed before.',
  source: {
    title: 'M. Zyngier, 4 Dec 2021: "there is more than a single counter visible to the guest"',
    url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
  },
  monitor: (premises) => new Pairs(premises),
};

class Pairs extends WatchLives<PairsOfLife> {
  constructor(private readonly premises: Premises) {
    super(() => new PairsOfLife());
  }

  'counter-seen'(seen: Seen): Finding {
    if (seen.physical === null) return undefined;
    const of = this.lives.of(seen);
    if (seen.because === 'stop') of.stopped.set(seen.actor.vcpu, seen);
    return seen.because === 'start' ? this.judge(of, seen) : undefined;
  }

  private judge({ stopped }: PairsOfLife, start: Seen): Finding {
    const stop = stopped.get(start.actor.vcpu);
    if (stop === undefined) return undefined;
    stopped.delete(start.actor.vcpu);
    const mask = maskOf(this.premises.machine.vms[start.actor.vm]?.clocksource.widthBits ?? 64);
    const before = differenceOf(stop) & mask;
    const after = differenceOf(start) & mask;
    if (before === after) return 'held';
    return {
      expected: `counter ${before} cycles ahead of the physical one on vCPU ${start.actor.vcpu}, as before the stop`,
      observed: `${after} cycles ahead`,
      evidence: [stop, start],
    };
  }
}

class PairsOfLife {
  /** Of each stopped vCPU. */
  readonly stopped = new Map<VcpuId, Seen>();

  copy(): PairsOfLife {
    const copy = new PairsOfLife();
    for (const [vcpu, stop] of this.stopped) copy.stopped.set(vcpu, stop);
    return copy;
  }
}

function differenceOf({ counter, physical }: Seen): Cycles {
  return counter - (physical ?? 0n);
}
