import type { EventOf } from '../contract/event.js';
import type { Finding, Property } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import { pvclockRead } from '../math/pvclock.js';
import { abs, s64 } from '../math/u64.js';
import { WatchLives } from './watch-lives.js';

type Page = EventOf<'pvclock-written'>;

/** Host and guest each cut to whole ns. */
const ROUNDING_NS: Ns = 1n;

/** Steps that leave a page behind which KVM writes anew before its vCPU enters the guest. */
const STALING: ReadonlySet<string> = new Set([
  'set-clock',
  'set-clock+realtime',
  'update-master-clock',
  'set-tsc',
  'set-tsc-offset',
  'create-vcpu',
  'load-memory',
  'move',
]);

/**
 * While PVCLOCK_TSC_STABLE_BIT is set, KVM_GET_CLOCK is what the page of vCPU 0, with which all agree,
 * gives for its TSC at that instant, ± 1 ns. Between a step that moves clock or TSC and the page that
 * follows from it they are not compared: no vCPU reads meanwhile.
 *
 * On another host, or in a life restored from a snapshot, the first page that KVM writes is the same
 * function of the guest's TSC as the last one, ± 1 ns, unless the host asked for another time.
 */
export const kvmclockIsAFunctionOfTsc: Property = {
  name: 'kvmclock-is-a-function-of-tsc',
  statement:
    "kvmclock is one function of the guest's TSC, for host and guest, here and after a move.",
  source: {
    title: 'KVM API, KVM_GET_CLOCK: KVM_CLOCK_TSC_STABLE',
    url: 'https://docs.kernel.org/virt/kvm/api.html#kvm-get-clock',
  },
  monitor: () => new Clocks(() => new ClockOfLife()),
};

class Clocks extends WatchLives<ClockOfLife> {
  'host-step-taken'(taken: EventOf<'host-step-taken'>): undefined {
    const verb = taken.step.split(' ')[0] ?? '';
    if (STALING.has(verb)) this.lives.of(taken).isStale = true;
  }

  'vm-migrated'(moved: EventOf<'vm-migrated'>): undefined {
    this.lives.of(moved).moved = moved;
  }

  override 'vm-restored'(restored: EventOf<'vm-restored'>): undefined {
    const life = this.lives.vmRestored(restored);
    life.isStale = true;
    life.moved = restored;
    return undefined;
  }

  'pvclock-written'(page: Page): Finding {
    return page.actor.vcpu === 0 ? this.lives.of(page).write(page) : undefined;
  }

  'kvmclock-got'(got: EventOf<'kvmclock-got'>): Finding {
    return this.lives.of(got).get(got);
  }
}

class ClockOfLife {
  /** Of vCPU 0. */
  private page: Page | undefined;
  isStale = false;
  /** It was moved or restored since that page was written. */
  moved: EventOf<'vm-migrated'> | EventOf<'vm-restored'> | undefined;

  copy(): ClockOfLife {
    const copy = new ClockOfLife();
    copy.page = this.page;
    copy.isStale = this.isStale;
    copy.moved = this.moved;
    return copy;
  }

  write(page: Page): Finding {
    const { page: old, moved } = this;
    this.page = page;
    this.isStale = false;
    this.moved = undefined;
    if (old === undefined || moved === undefined || page.isSet) return undefined;
    if (!old.stable || !page.stable) return undefined;
    const finding = agree(old, page.tsc, pvclockRead(page, page.tsc));
    return finding === undefined ? 'held' : { ...finding, evidence: [old, moved, page] };
  }

  get(got: EventOf<'kvmclock-got'>): Finding {
    const { page } = this;
    if (page === undefined || this.isStale || !page.stable || !got.stable) return undefined;
    const finding = agree(page, got.tsc, got.clockNs);
    return finding === undefined ? 'held' : { ...finding, evidence: [page, got] };
  }
}

/** @returns what is wrong */
function agree(
  page: Page,
  tsc: Cycles,
  observedNs: Ns,
): { expected: string; observed: string } | undefined {
  const expectedNs = pvclockRead(page, tsc);
  const offNs = s64(observedNs - expectedNs);
  if (abs(offNs) <= ROUNDING_NS) return undefined;
  return {
    expected: `kvmclock at ${expectedNs} ns for TSC ${tsc}, as the page of vCPU 0 says`,
    observed: `${observedNs} ns: ${offNs} ns off`,
  };
}
