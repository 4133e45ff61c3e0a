import { SIGNS, type Sign, type Signs } from '../contract/consumer.js';
import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { AwayTime } from './away-time.js';
import { wasOver } from './before.js';
import type { Circumstances } from './circumstances.js';
import { type Edge, Edges } from './edges.js';
import { Life } from './life.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

type Taken = EventOf<'timestamp-taken'>;
type Used = EventOf<'timestamp-used'>;

/**
 * A time stamp of T0 is used at T1, and the VM was away in [T0, T1] for longer than the application may
 * bear: then a sign that it listens to differs at T1 from what it was at T0. Whether it looks is its own
 * affair; that it can know is what the guest and its host owe.
 */
export const staleTimeIsNeverUsed: Property = {
  name: 'stale-time-is-never-used',
  statement:
    'Who uses a time stamp that has become stale while the VM was away can know from a sign.',
  source: {
    title:
      'T. Gleixner, 2021: "T0: take timestamp … T1: use it", and a VM that was stopped between',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  monitor: (premises) => new Stamps(premises, StampOfLife),
};

class Stamps extends Watch<StampOfLife> {
  'timestamp-taken'(taken: Taken): undefined {
    this.follower.of(taken).take(taken);
  }

  'timestamp-used'(used: Used): Finding {
    return this.follower.of(used).use(used);
  }
}

class StampOfLife extends Life<StampOfLife> {
  private away = new AwayTime();
  private edges = new Edges();
  private taken: Taken | undefined;
  private awayThenNs: Ns = 0n;
  private edgesThen = 0;

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): StampOfLife {
    const copy = new StampOfLife(circumstances);
    copy.away = this.away.copy();
    copy.away.begin(saved);
    copy.edges = this.edges.copy();
    if (this.taken === undefined || !wasOver(this.taken, saved)) return copy;
    copy.taken = this.taken;
    copy.awayThenNs = this.awayThenNs;
    copy.edgesThen = this.edgesThen;
    return copy;
  }

  // A time stamp is a value that somebody holds: what becomes of the clocks does not matter.
  override forget(): void {}

  override edge(edge: Edge, from: Phase): undefined {
    this.edges.push(edge);
    this.away.edge(edge, from, this.presence.phase);
  }

  take(taken: Taken): void {
    this.taken = taken;
    // On intervals what it was away for at most by then: what is left was surely after.
    this.awayThenNs = this.away.mostNs;
    this.edgesThen = this.edges.count;
  }

  use(used: Used): Finding {
    const { taken } = this;
    const spec = this.premises.machine.vms[this.vm]?.application;
    if (taken === undefined || spec === undefined) return undefined;
    const awayNs = this.away.leastNs - this.awayThenNs;
    if (awayNs <= spec.staleLimitNs) return undefined;
    if (spec.listensTo.some((sign) => taken.signs[sign] !== used.signs[sign])) return 'held';
    return this.violation(taken, used, awayNs, spec.listensTo);
  }

  private violation(taken: Taken, used: Used, awayNs: Ns, listensTo: readonly Sign[]): Violation {
    const given = SIGNS.filter((sign) => differs(sign, taken.signs, used.signs));
    const others = given.length === 0 ? '' : `; it does not listen to ${given.join(', ')}`;
    return {
      expected: `a sign since the time stamp was taken, as the VM was away for ${awayNs} ns: ${listensTo.join(', ')}`,
      observed: `none was given when it was used on vCPU ${used.on}${others}`,
      evidence: [taken, ...this.edges.since(this.edgesThen), used],
    };
  }
}

function differs(sign: Sign, before: Signs, now: Signs): boolean {
  return before[sign] !== now[sign];
}
