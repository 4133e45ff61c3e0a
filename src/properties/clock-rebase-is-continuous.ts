import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Premises, Property } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { pvclockRead } from '../math/pvclock.js';
import { abs, s64 } from '../math/u64.js';
import { WatchLives } from './watch-lives.js';

type Page = EventOf<'pvclock-written'>;

/** Each page computes whole ns. */
const ROUNDING_NS: Ns = 1n;

/**
 * KVM rewrites the page of a vCPU though nobody set the clock: for the TSC at that instant
 * |new − old| <= 1 ns, and new >= old where the page says that readings are of one clock.
 *
 * Where the TSC itself was written since the last page, no value of it belongs to both.
 */
export const clockRebaseIsContinuous: Property = {
  name: 'clock-rebase-is-continuous',
  statement: 'A page of kvmclock that is written anew goes on from what the old one shows.',
  source: {
    title: 'D. Woodhouse, 2024: a series on the drift between the two rates of the KVM clock',
    url: 'https://lore.kernel.org/kvm/?q=%22Cleaning+up+the+KVM+clock%22',
  },
  measure: { what: 'step of kvmclock as its page is written anew', perNs: 1n },
  monitor: (premises) => new Pages(premises),
};

class Pages extends WatchLives<PagesOfLife> {
  constructor(private readonly premises: Premises) {
    super(() => new PagesOfLife());
  }

  'counter-seen'(seen: EventOf<'counter-seen'>): undefined {
    if (seen.because === 'stop' || seen.because === 'start') return;
    this.lives.of(seen).pages.delete(seen.actor.vcpu);
  }

  'pvclock-written'(page: Page): Finding {
    const { pages } = this.lives.of(page);
    const old = pages.get(page.actor.vcpu);
    pages.set(page.actor.vcpu, page);
    return old === undefined || page.isSet ? undefined : this.judge(old, page);
  }

  private judge(old: Page, page: Page): Finding {
    const before = pvclockRead(old, page.tsc);
    const step = s64(pvclockRead(page, page.tsc) - before);
    this.premises.onDistance?.({ value: abs(step), bound: ROUNDING_NS });
    const isOneClock = old.stable && page.stable;
    if (step <= ROUNDING_NS && step >= (isOneClock ? 0n : -ROUNDING_NS)) return 'held';
    return {
      expected: `kvmclock on vCPU ${page.actor.vcpu} at ${before} ns for TSC ${page.tsc}, as its page said before${isOneClock ? ', and not behind it' : ''}`,
      observed: `${before + step} ns: ${step} ns off`,
      evidence: [old, page],
    };
  }
}

class PagesOfLife {
  /** Of each vCPU; none where its TSC was written since. */
  readonly pages = new Map<VcpuId, Page>();

  copy(): PagesOfLife {
    const copy = new PagesOfLife();
    for (const [vcpu, page] of this.pages) copy.pages.set(vcpu, page);
    return copy;
  }
}
