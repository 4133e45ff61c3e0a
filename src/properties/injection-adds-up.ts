import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Premises, Property, Violation } from '../contract/property.js';
import { type Cycles, FOREVER, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide, max, s64 } from '../math/u64.js';
import { WatchLives } from './watch-lives.js';

type Seen = EventOf<'counter-seen'>;
type Told = EventOf<'stopped-time-read'>;

/** Where the guest reads what the host took out of its counters. */
const PAGE = 'suspend-time-page';

/**
 * Suspend time injection, since the feature was enabled: since the guest first read the page that tells
 * it. Wherever a stop is handled, so that every vCPU has entered:
 *
 * - what was taken out of the counter of a vCPU, against the host's, is the same on all, to the cycle;
 * - it is the sum of D of the stops since: none for one that was called off;
 * - and it is what the page has grown by.
 *
 * Each ± s for each stop, with the error c of the counter over D, and 1 ns of division. A VM that moves
 * to another host, or is restored, begins anew: a counter is then compared with another.
 */
export const injectionAddsUp: Property = {
  name: 'injection-adds-up',
  statement:
    'What a host takes out of the counters for a stop is the stop, on every vCPU the same, and what it tells the guest.',
  source: {
    title: 'H. Nishida, Oct 2021: [RFC PATCH v3] Virtual suspend time injection support',
    url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
  },
  monitor: (premises) => new Injections(premises),
};

class Injections extends WatchLives<InjectionOfLife> {
  constructor(premises: Premises) {
    super(() => new InjectionOfLife(premises));
  }

  'stopped-time-read'(told: Told): undefined {
    if (told.by === PAGE) this.lives.of(told).read(told);
  }

  'counter-seen'(seen: Seen): undefined {
    this.lives.of(seen).see(seen);
  }

  'vcpu-stopped'(stopped: EventOf<'vcpu-stopped'>): undefined {
    this.lives.of(stopped).stop(stopped);
  }

  'vcpu-started'(started: EventOf<'vcpu-started'>): undefined {
    this.lives.of(started).start(started);
  }

  'vm-migrated'(moved: EventOf<'vm-migrated'>): undefined {
    this.lives.of(moved).forget();
  }

  'stop-handled'(handled: EventOf<'stop-handled'>): Finding {
    return this.lives.of(handled).handled(handled);
  }
}

/** What a counter lost, as it was seen at two instants. */
interface Loss {
  readonly from: Seen;
  readonly to: Seen;
  readonly cycles: Cycles;
  /** The same, rounded down. */
  readonly ns: Ns;
}

class InjectionOfLife {
  private readonly running = new Set<VcpuId>();
  private readonly last = new Map<VcpuId, Seen>();
  /** As they were when the feature was enabled. */
  private readonly bases = new Map<VcpuId, Seen>();
  /** The first time that the page was read, and the last. */
  private enabled: Told | undefined;
  private told: Told | undefined;
  private stoppedAt: EventOf<'vcpu-stopped'> | undefined;
  /** Since then: stops, and their length at least and at most. */
  private stops = 0n;
  private leastNs: Ns = 0n;
  private mostNs: Ns = 0n;

  constructor(private readonly premises: Premises) {}

  /** Another counter of the host is the measure from here on. */
  copy(): InjectionOfLife {
    return new InjectionOfLife(this.premises);
  }

  forget(): void {
    this.enabled = undefined;
    this.last.clear();
    this.bases.clear();
  }

  read(told: Told): void {
    this.told = told;
    if (this.enabled !== undefined) return;
    this.enabled = told;
    this.stops = 0n;
    this.leastNs = 0n;
    this.mostNs = 0n;
    // Of a vCPU that has not entered yet, something may still be taken out for the stop before.
    for (const [vcpu, seen] of this.last) if (this.running.has(vcpu)) this.bases.set(vcpu, seen);
  }

  see(seen: Seen): void {
    const { vcpu } = seen.actor;
    this.last.set(vcpu, seen);
    // As it stops nothing has been taken out of it for this stop.
    const isFirst = this.enabled !== undefined && !this.bases.has(vcpu);
    if (isFirst && seen.because === 'stop') this.bases.set(vcpu, seen);
  }

  stop(stopped: EventOf<'vcpu-stopped'>): void {
    if (!this.running.delete(stopped.actor.vcpu) || this.running.size > 0) return;
    this.stoppedAt = stopped;
  }

  start(started: EventOf<'vcpu-started'>): void {
    const { stoppedAt } = this;
    this.running.add(started.actor.vcpu);
    this.stoppedAt = undefined;
    if (stoppedAt === undefined) return;
    this.stops++;
    this.leastNs += max(started.earliestNs - stoppedAt.latestNs, 0n);
    this.mostNs += started.latestNs - stoppedAt.earliestNs;
  }

  handled(at: Event): Finding {
    const { enabled, told } = this;
    const { counterPpb } = this.premises.declared;
    if (enabled === undefined || told === undefined || this.stops === 0n) return undefined;
    if (counterPpb === null || this.mostNs >= FOREVER) return undefined;
    const errorNs = this.errorNs(counterPpb);
    let first: Loss | undefined;
    for (const [vcpu, from] of this.bases) {
      const to = this.last.get(vcpu);
      if (to === undefined) continue;
      const loss = this.lossOf(from, to);
      if (first !== undefined && first.cycles !== loss.cycles) return unequal(first, loss);
      first ??= loss;
      const wrong =
        this.differs(loss, this.leastNs - errorNs, this.mostNs + errorNs + 1n, at) ??
        mistold(loss, [enabled, told], errorNs);
      if (wrong !== undefined) return wrong;
    }
    return first === undefined ? undefined : 'held';
  }

  /** n * s + c * D, and the ns that the division of cycles drops. */
  private errorNs(counterPpb: bigint): Ns {
    const { monotonic } = this.premises.declared.stopErrorNs;
    return this.stops * monotonic + ceilDivide(this.mostNs * counterPpb, NSEC_PER_SEC) + 1n;
  }

  private lossOf(from: Seen, to: Seen): Loss {
    const cycles = s64(from.offset - to.offset);
    const hz = this.premises.machine.hosts[to.host]?.counterHz ?? NSEC_PER_SEC;
    return { from, to, cycles, ns: ((cycles * NSEC_PER_SEC) << to.fraction) / (hz * to.ratio) };
  }

  private differs({ ns, from, to }: Loss, least: Ns, most: Ns, at: Event): Violation | undefined {
    if (ns >= least && ns <= most) return undefined;
    return {
      expected: `${least} to ${most} ns taken out of the counter of vCPU ${to.actor.vcpu}, which is what it was stopped for`,
      observed: `${ns} ns`,
      evidence: [from, to, at],
    };
  }
}

function mistold(
  { ns, to }: Loss,
  [enabled, told]: readonly [Told, Told],
  errorNs: Ns,
): Violation | undefined {
  const grown = told.totalNs - enabled.totalNs;
  if (grown >= ns - errorNs && grown <= ns + errorNs) return undefined;
  return {
    expected: `${ns} ns told, which were taken out of the counter of vCPU ${to.actor.vcpu}, ± ${errorNs} ns`,
    observed: `${grown} ns`,
    evidence: [enabled, to, told],
  };
}

function unequal(a: Loss, b: Loss): Violation {
  return {
    expected: `${a.cycles} cycles taken out of the counter of vCPU ${b.to.actor.vcpu}, as on vCPU ${a.to.actor.vcpu}`,
    observed: `${b.cycles} cycles`,
    evidence: [a.from, b.from, a.to, b.to],
  };
}
