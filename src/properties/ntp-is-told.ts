import type { Sign } from '../contract/consumer.js';
import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { abs } from '../math/u64.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import type { ClockStep } from './clock-sets.js';
import { stepOf } from './clock-sets.js';
import { type Edge, Edges } from './edges.js';
import { Leap } from './leap.js';
import { Life } from './life.js';
import { type Mark, RealtimeBound } from './realtime-bound.js';
import { StoppedTime } from './stopped-time.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type Polled = EventOf<'daemon-polled'>;

/** What the daemon left behind at its last step. */
interface Left {
  readonly polled: Polled;
  /** REALTIME − UTC, as far as it knows, after what it did. */
  readonly errorNs: Ns;
  readonly mark: Mark;
  readonly edges: number;
  /** The set of the clock that it made is still to be told of. */
  owesSet: boolean;
}

/**
 * Synchronisation was lost over a stop: REALTIME − UTC at the daemon's first step after it differs from
 * what it was when the daemon had done its last step before it by more than eps_real ({@link
 * RealtimeBound}), or the VM is on another host, or was restored. Then a sign that the daemon listens to
 * is given at that first step, which was not at the last one:
 *
 * - STA_UNSYNC is set: the daemon clears it whenever it is done;
 * - who waits for the clock to be set was woken, other than by the daemon itself;
 * - a marker, or the count of freezes, is another.
 *
 * Where somebody else set the clock while the VM ran, or UTC went over a leap second then, the daemon's
 * last step is no measure, and nothing is asked for until the next one.
 */
export const ntpIsTold: Property = {
  name: 'ntp-is-told',
  statement: 'A stop that takes the clock out of synchronisation is told to the time daemon.',
  source: {
    title:
      'T. Gleixner, 2021: "NTP state is cleared on resume", and a guest that nobody told is not',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  monitor: (premises) => new Daemons(premises, DaemonOfLife),
};

class Daemons extends Watch<DaemonOfLife> {
  'daemon-polled'(polled: Polled): Finding {
    return this.follower.of(polled).poll(polled);
  }

  'vm-migrated'(moved: EventOf<'vm-migrated'>): undefined {
    this.follower.of(moved).movedBy = moved;
  }

  'counter-seen'(seen: EventOf<'counter-seen'>): undefined {
    if (seen.because === 'host-write') this.follower.of(seen).written(seen);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).leapApplied(leap);
  }
}

class DaemonOfLife extends Life<DaemonOfLife> {
  /** What made the counter another since the daemon's last step: a move, a restore, a write. */
  movedBy: Event | undefined;
  private bound = new RealtimeBound(this.premises, this.rate);
  private stopped = new StoppedTime();
  private leap = new Leap(this.premises.machine);
  private edges = new Edges();
  private left: Left | undefined;
  /** Steps of the daemon, and how many there had been as each vCPU stopped. */
  private polls = 0;
  private readonly pollsAtStop = new Map<VcpuId, number>();

  /** What is written for a stop that lasts since before the daemon's last step was told of then, or not. */
  written(seen: EventOf<'counter-seen'>): void {
    if (this.pollsAtStop.get(seen.actor.vcpu) === this.polls) this.movedBy ??= seen;
  }

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): DaemonOfLife {
    const copy = new DaemonOfLife(circumstances);
    copy.bound = this.bound.copy(this.rate);
    copy.stopped = this.stopped.copy();
    if (!this.presence.isStopped) copy.stopped.began(saved);
    copy.leap = this.leap.copy();
    copy.edges = this.edges.copy();
    copy.movedBy = saved;
    if (this.left !== undefined && wasOver(this.left.polled, saved)) copy.left = { ...this.left };
    return copy;
  }

  override forget(): void {
    this.left = undefined;
  }

  override edge(edge: Edge, from: Phase): undefined {
    this.edges.push(edge);
    if (this.leap.passes(edge, from === 'away')) this.forget();
    if (edge.kind === 'vcpu-stopped') this.pollsAtStop.set(edge.actor.vcpu, this.polls);
    if (edge.kind === 'vcpu-stopped' && this.presence.isStopped) this.stopped.began(edge);
    if (edge.kind === 'vcpu-started') this.stopped.ended(edge);
  }

  override rateChanged(at: Event): void {
    this.bound.rateChanged(at, this.rate);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    this.leap.ntpAdjusted(adjusted);
    this.stepped(adjusted);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    if (set.byDesign !== true) this.stepped(set);
  }

  leapApplied(leap: EventOf<'leap-applied'>): void {
    if (!this.leap.applied(leap)) this.forget();
  }

  private stepped(step: ClockStep): void {
    if (stepOf(step) === undefined) return;
    if (this.left?.owesSet === true) this.left.owesSet = false;
    else this.forget();
  }

  poll(polled: Polled): Finding {
    if (this.leap.passes(polled, this.presence.phase === 'away')) this.forget();
    const { left, nominal } = this;
    const errorNs = polled.realtimeNs - polled.sourceNs;
    const isAsked = left !== undefined && nominal.isTied && !this.leap.isOpen(polled);
    const finding = isAsked ? this.judge(left, polled, errorNs) : undefined;
    this.note(polled, errorNs);
    return finding;
  }

  private note(polled: Polled, errorNs: Ns): void {
    this.movedBy = undefined;
    this.polls++;
    // Who gave up takes no step any more.
    if (polled.did === 'panic') {
      this.forget();
      return;
    }
    const hasSet = polled.did === 'step';
    this.left = {
      polled,
      errorNs: hasSet ? 0n : errorNs,
      mark: this.bound.mark(polled, 0n, this.stopped),
      edges: this.edges.count,
      owesSet: hasSet,
    };
  }

  private judge(left: Left, polled: Polled, errorNs: Ns): Finding {
    if (this.stopped.count === left.mark.stopCount) return undefined;
    const { monotonic } = this.circumstances.slack;
    const sourcesNs = left.polled.sourceErrorNs + polled.sourceErrorNs;
    const epsNs = this.bound.epsNs(left.mark, polled, this.stopped, monotonic) + sourcesNs;
    const lostNs = errorNs - left.errorNs;
    const isLost = abs(lostNs) > epsNs;
    if (!isLost && this.movedBy === undefined) return undefined;
    const listensTo = this.premises.machine.vms[this.vm]?.daemon?.listensTo ?? [];
    if (listensTo.some((sign) => isGiven(sign, left, polled))) return 'held';
    return this.violation(left, polled, isLost ? lostNs : undefined, listensTo);
  }

  private violation(
    left: Left,
    polled: Polled,
    lostNs: Ns | undefined,
    listensTo: readonly Sign[],
  ): Violation {
    const { movedBy } = this;
    const why =
      lostNs === undefined
        ? wordsOf(movedBy)
        : `REALTIME moved by ${lostNs} ns against UTC over a stop`;
    return {
      expected: `the daemon told by its first step after it, as ${why}: ${listensTo.join(', ')}`,
      observed: `none of them was given; it took the step "${polled.did}" on vCPU ${polled.on}`,
      evidence: [
        left.polled,
        ...this.edges.since(left.edges),
        ...(movedBy === undefined ? [] : [movedBy]),
        polled,
      ],
    };
  }
}

function wordsOf(movedBy: Event | undefined): string {
  if (movedBy?.kind === 'vm-migrated') return 'the VM was moved';
  return movedBy?.kind === 'counter-seen' ? 'the host wrote its counter' : 'the VM was restored';
}

/** Whether a sign was given since the daemon's last step, and not by that step itself. */
function isGiven(sign: Sign, { polled, owesSet }: Left, now: Polled): boolean {
  if (sign === 'unsync') return now.signs.unsync === 1n;
  const own = sign === 'cancel-on-set' && polled.did === 'step' && !owesSet ? 1n : 0n;
  return now.signs[sign] !== polled.signs[sign] + own;
}
