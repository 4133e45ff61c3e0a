import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import { Chance } from './chance.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { Life, nameOf, type Witness } from './life.js';
import { frequency } from './nominal.js';
import { Watch } from './watch.js';

type Written = EventOf<'deadline-written'>;

/**
 * From the write of a deadline to its interrupt, or until it is written again or disarmed:
 *
 * - state form: where the host's thread of the vCPU goes to sleep, an interrupt pends or a timer of
 *   the host is armed;
 * - event form: once the guest's counter surely passed the deadline, and the vCPU took no longer from
 *   its interrupts than that, the interrupt has come. The counter is as slow as its declared error
 *   allows; and the host, which waits by its own MONOTONIC, later by what that was slow: late is
 *   legal. Latency beside that is none, as no handler of a model takes time.
 *
 * An interrupt before the deadline is one: it ends the obligation, as the guest looks and arms anew. A
 * stop or a sleep may move the counter, and leaves the state form alone.
 */
export const deadlineInterruptIsNeverLost: Property = {
  name: 'deadline-interrupt-is-never-lost',
  statement: 'Whoever armed a deadline is given its interrupt: early or late, but given.',
  source: {
    title: 'M. Levitsky, 21 Dec 2023: "This results in the timer event being lost forever"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  measure: { what: 'time to a deadline interrupt', perNs: 1n },
  monitor: (premises) => new Deadlines(premises, DeadlinesOfLife),
};

class Deadlines extends Watch<DeadlinesOfLife> {
  'deadline-written'(written: Written): Finding {
    return this.follower.of(written).write(written);
  }

  'deadline-interrupt'(interrupt: EventOf<'deadline-interrupt'>): Finding {
    return this.follower.of(interrupt).interrupt(interrupt);
  }

  'vcpu-blocked'(blocked: EventOf<'vcpu-blocked'>): Finding {
    return this.follower.of(blocked).block(blocked);
  }

  'interrupts-held'(held: EventOf<'interrupts-held'>): undefined {
    this.follower.of(held).chance.held(held);
  }

  'interrupts-released'(released: EventOf<'interrupts-released'>): undefined {
    this.follower.of(released).chance.released(released);
  }

  'clock-read'(read: EventOf<'clock-read'>): Finding {
    // The NMI-safe path may be read in the middle of whatever keeps the interrupt away.
    return read.via === 'nmi' ? undefined : this.follower.of(read).read(read);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).read(snapshot);
  }
}

/** A deadline that its interrupt has not ended. */
interface Owed {
  readonly written: Written;
  /** Whether the counter has gone on since, by its rate. */
  isSteady: boolean;
}

class DeadlinesOfLife extends Life<DeadlinesOfLife> {
  private owed = new Map<VcpuId, Owed>();
  chance: Chance;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.chance = new Chance(this.premises, this.nominal, this.vm, circumstances);
  }

  override copy(circumstances: Circumstances): DeadlinesOfLife {
    const copy = new DeadlinesOfLife(circumstances);
    for (const [vcpu, { written }] of this.owed) copy.owed.set(vcpu, { written, isSteady: false });
    copy.chance = this.chance.copy(this.vm);
    return copy;
  }

  /** Counters that lost a wrap concern clocks: a deadline is of the whole counter. */
  override forget(): void {}

  override edge(_edge: Edge): undefined {
    for (const each of this.owed.values()) each.isSteady = false;
  }

  write(written: Written): Finding {
    const { vcpu } = written.actor;
    // Written anew after it was due: it came too late to be overwritten.
    const finding = this.judge(vcpu, written);
    if (written.deadline === null) this.owed.delete(vcpu);
    // A VMM that stops the vCPUs one by one may have stopped the counters of all.
    else this.owed.set(vcpu, { written, isSteady: this.presence.phase === 'fully' });
    return finding === 'held' ? undefined : finding;
  }

  interrupt(interrupt: EventOf<'deadline-interrupt'>): Finding {
    const { vcpu } = interrupt.actor;
    const finding = this.judge(vcpu, interrupt);
    const isOwed = this.owed.delete(vcpu);
    return finding ?? (isOwed ? 'held' : undefined);
  }

  block(blocked: EventOf<'vcpu-blocked'>): Finding {
    const owed = this.owed.get(blocked.actor.vcpu);
    if (owed === undefined) return undefined;
    if (blocked.interruptPending || blocked.hostTimerArmed) return 'held';
    return lost(owed.written, blocked);
  }

  read(read: Witness): Finding {
    if (this.owed.size === 0 || this.presence.suspended) return undefined;
    const finding = this.judge(read.actor.vcpu, read);
    return finding === 'held' ? undefined : finding;
  }

  /** A violation where by this event the interrupt is overdue. */
  private judge(vcpu: VcpuId, at: Event): Finding {
    const owed = this.owed.get(vcpu);
    const { counterPpb } = this.premises.declared;
    if (owed === undefined || !owed.isSteady || counterPpb === null) return undefined;
    const { written } = owed;
    if (written.latestNs < this.chance.blindUntilNs) return undefined;
    const takesNs = this.longestNs(written, counterPpb);
    const passedNs = at.earliestNs - written.latestNs;
    const blockedNs = this.chance.blockedNs(vcpu, written.earliestNs, at.latestNs);
    const boundNs = takesNs + blockedNs;
    if (at.kind === 'deadline-interrupt') {
      this.premises.onDistance?.({ value: passedNs, bound: boundNs });
    }
    return passedNs <= boundNs ? 'held' : overdue(written, at, passedNs, boundNs);
  }

  /** True time to the interrupt, as long as it may take. */
  private longestNs({ deadline, counter }: Written, counterPpb: bigint): Ns {
    const cycles = BigInt.asIntN(64, (deadline ?? counter) - counter);
    if (cycles <= 0n) return 0n;
    const slowest =
      (NSEC_PER_SEC - counterPpb) * (NSEC_PER_SEC + this.circumstances.slowestHostPpb);
    // A cycle may have begun as the counter was read, and the interrupt comes at the first ns that is past it.
    return (
      ceilDivide((cycles + 1n) * NSEC_PER_SEC ** 3n, frequency(this.nominal.spec) * slowest) + 1n
    );
  }
}

function lost(written: Written, blocked: EventOf<'vcpu-blocked'>): Violation {
  return {
    expected: `a timer of the host, or an interrupt, that waits for the deadline ${written.deadline} of ${nameOf(written)}`,
    observed: 'its thread went to sleep with neither',
    evidence: [written, blocked],
  };
}

function overdue(written: Written, at: Event, passedNs: Ns, boundNs: Ns): Violation {
  const how = at.kind === 'deadline-interrupt' ? 'given' : 'not given';
  return {
    expected: `the interrupt of deadline ${written.deadline} on ${nameOf(written)} within ${boundNs} ns in which it takes interrupts`,
    observed: `${how} ${passedNs} ns after the write`,
    evidence: [written, at],
  };
}
