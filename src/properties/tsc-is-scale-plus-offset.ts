import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { s64, u64 } from '../math/u64.js';
import { WatchLives } from './watch-lives.js';

type Seen = EventOf<'counter-seen'>;

/**
 * Wherever a counter is seen, counter = (host counter * ratio >> fraction) + offset modulo 2^64.
 *
 * vCPUs that the host wrote as one generation have one offset, as each was written; what a guest, or
 * an injection, moves one of them by later is no write of the host. A write by the host moves the
 * offset or TSC_ADJUST, never both: MSR TSC leaves TSC_ADJUST, and TSC_ADJUST leaves the TSC. A write
 * by the guest moves both by the same.
 */
export const tscIsScalePlusOffset: Property = {
  name: 'tsc-is-scale-plus-offset',
  statement:
    "A guest's TSC is the host's, scaled and moved by one offset; TSC_ADJUST follows what the guest writes, not what the host writes.",
  source: {
    title:
      'Linux 6.12: kvm_compute_l1_tsc_offset(), kvm_synchronize_tsc(), adjust_tsc_offset_guest()',
    url: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/arch/x86/kvm/x86.c?h=v6.12',
  },
  monitor: () => new Counters(() => new CountersOfLife()),
};

class Counters extends WatchLives<CountersOfLife> {
  'counter-seen'(seen: Seen): Finding {
    return this.lives.of(seen).see(seen);
  }

  'vm-migrated'(moved: EventOf<'vm-migrated'>): undefined {
    this.lives.of(moved).beginAnew();
  }
}

class CountersOfLife {
  /** Of each vCPU, as it was seen last. */
  private readonly last = new Map<VcpuId, Seen>();
  /** Of each generation of this host, the first write. */
  private readonly firstWrites = new Map<number, Seen>();

  copy(): CountersOfLife {
    const copy = new CountersOfLife();
    for (const [vcpu, seen] of this.last) copy.last.set(vcpu, seen);
    return copy;
  }

  /** The KVM of another host, or of a VM that was restored, counts generations of its own. */
  beginAnew(): void {
    this.firstWrites.clear();
  }

  see(seen: Seen): Finding {
    const { vcpu } = seen.actor;
    const last = this.last.get(vcpu);
    this.last.set(vcpu, seen);
    return scaled(seen) ?? this.written(seen, last) ?? 'held';
  }

  private written(seen: Seen, last: Seen | undefined): Violation | undefined {
    if (seen.because === 'guest-write') {
      return last === undefined ? undefined : movedTogether(seen, last);
    }
    if (seen.because !== 'host-write') return undefined;
    const first = this.firstWrites.get(seen.generation);
    if (first === undefined) this.firstWrites.set(seen.generation, seen);
    else if (first.offset !== seen.offset) return split(seen, first);
    return last === undefined ? undefined : movedOne(seen, last);
  }
}

function scaled(seen: Seen): Violation | undefined {
  const { hostCounter, ratio, fraction, offset, counter } = seen;
  const expected = u64(((hostCounter * ratio) >> fraction) + offset);
  if (u64(counter) === expected) return undefined;
  return {
    expected: `counter ${expected} on vCPU ${seen.actor.vcpu}: (${hostCounter} * ${ratio} >> ${fraction}) + ${offset}`,
    observed: `${counter}: ${s64(counter - expected)} cycles off`,
    evidence: [seen],
  };
}

function split(seen: Seen, first: Seen): Violation {
  return {
    expected: `offset ${first.offset} on vCPU ${seen.actor.vcpu}, as on vCPU ${first.actor.vcpu} of generation ${seen.generation}`,
    observed: `${seen.offset}: ${s64(seen.offset - first.offset)} cycles off`,
    evidence: [first, seen],
  };
}

function movedOne(seen: Seen, last: Seen): Violation | undefined {
  if (seen.adjust === last.adjust || seen.offset === last.offset) return undefined;
  return {
    expected: `TSC_ADJUST ${last.adjust} on vCPU ${seen.actor.vcpu}: the host wrote its TSC`,
    observed: `${seen.adjust}: ${seen.adjust - last.adjust} moved`,
    evidence: [last, seen],
  };
}

function movedTogether(seen: Seen, last: Seen): Violation | undefined {
  const moved = s64(seen.offset - last.offset);
  const adjusted = s64(seen.adjust - last.adjust);
  if (moved === adjusted) return undefined;
  return {
    expected: `TSC_ADJUST of vCPU ${seen.actor.vcpu} moved by ${moved}, as the guest's write moved its offset`,
    observed: `moved by ${adjusted}`,
    evidence: [last, seen],
  };
}
