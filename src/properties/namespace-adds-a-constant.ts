import type { ClockId, TimerClockId } from '../contract/clock.js';
import type { EventOf } from '../contract/event.js';
import type { TimeNamespace } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Cycles, Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf } from './life.js';
import { Moment, type Shown } from './moment.js';
import { Watch } from './watch.js';

type ClockRead = EventOf<'clock-read'>;
type NamespaceRead = EventOf<'namespace-read'>;
type Armed = EventOf<'namespace-timer-armed'>;

/** The end of ktime_t. */
const KTIME_MAX: Ns = 2n ** 63n - 1n;

/**
 * Inside a time namespace, at one counter value and under one publication, MONOTONIC, MONOTONIC_RAW and
 * MONOTONIC_COARSE differ from outside by one constant, BOOTTIME by another, and the clocks that can be
 * set by nothing. The machine declares both constants; they are fixed once a task is inside.
 *
 * An absolute expiry t of a task inside is max(0, t − offset) outside, and the end of ktime_t where that
 * is past it.
 */
export const namespaceAddsAConstant: Property = {
  name: 'namespace-adds-a-constant',
  statement: 'A time namespace adds a constant to the clocks, and takes it from absolute timers.',
  source: {
    title: 'time_namespaces(7)',
    url: 'https://man7.org/linux/man-pages/man7/time_namespaces.7.html',
  },
  monitor: (premises) => new Namespaces(premises, NamespaceOfLife),
};

class Namespaces extends Watch<NamespaceOfLife> {
  'clock-read'(read: ClockRead): Finding {
    if (read.via !== 'syscall' && read.via !== 'vdso') return undefined;
    return this.follower.of(read).outside(read);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    return this.follower.of(snapshot).snapshot(snapshot);
  }

  'namespace-read'(read: NamespaceRead): Finding {
    return this.follower.of(read).inside(read);
  }

  'namespace-timer-armed'(armed: Armed): Finding {
    return this.follower.of(armed).armed(armed);
  }

  override 'ntp-adjusted'(adjusted: EventOf<'ntp-adjusted'>): Finding {
    this.follower.ntpAdjusted(adjusted);
    this.follower.of(adjusted).begin();
    return undefined;
  }

  'tick-sampled'(sampled: EventOf<'tick-sampled'>): undefined {
    this.follower.of(sampled).begin();
  }
}

class NamespaceOfLife extends Life<NamespaceOfLife> {
  private readonly host: Moment;
  private readonly within: Moment;
  private readonly namespace: TimeNamespace | undefined;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.host = new Moment(this.premises);
    this.within = new Moment(this.premises);
    this.namespace = this.premises.machine.vms[this.vm]?.timeNamespace;
  }

  override copy(circumstances: Circumstances): NamespaceOfLife {
    return new NamespaceOfLife(circumstances);
  }

  override forget(): void {
    this.begin();
  }

  begin(): void {
    this.host.end();
    this.within.end();
  }

  override ticked(): void {
    this.begin();
  }

  override edge(): Finding {
    this.begin();
    return undefined;
  }

  override wrote(): void {
    this.begin();
  }

  /** What the clock shows inside beyond outside; undefined: nobody declared it. */
  private offsetOf(clock: ClockId): Ns | undefined {
    const { namespace } = this;
    switch (clock) {
      case 'CLOCK_MONOTONIC':
      case 'CLOCK_MONOTONIC_RAW':
      case 'CLOCK_MONOTONIC_COARSE':
        return namespace?.monotonicNs;
      case 'CLOCK_BOOTTIME':
        return namespace?.boottimeNs;
      case 'CLOCK_REALTIME':
      case 'CLOCK_REALTIME_COARSE':
      case 'CLOCK_TAI':
        return 0n;
    }
  }

  outside(read: ClockRead): Finding {
    if (this.namespace === undefined || this.isUnsure(read, read)) return undefined;
    return this.see(read.clock, read.counter, { ns: read.ns, event: read });
  }

  snapshot(snapshot: EventOf<'snapshot-taken'>): Finding {
    if (this.namespace === undefined || this.ignores(snapshot)) return undefined;
    const { counter } = snapshot;
    return this.see('CLOCK_MONOTONIC', counter, { ns: snapshot.monotonicNs, event: snapshot });
  }

  private see(clock: ClockId, counter: Cycles | null, shown: Shown): Finding {
    this.host.show(clock, counter, shown);
    const inside = this.within.at(clock, counter);
    return inside === undefined ? undefined : this.compare(clock, shown, inside, shown);
  }

  inside(read: NamespaceRead): Finding {
    const { clock, counter, ns } = read;
    if (this.isUnsure({ ...read, kind: 'clock-read' }, read)) return undefined;
    const shown: Shown = { ns, event: read };
    this.within.show(clock, counter, shown);
    const host = this.host.at(clock, counter);
    return host === undefined ? undefined : this.compare(clock, host, shown, shown);
  }

  /** While a tick is published the vDSO's page may be new and the system call's data old. */
  private isUnsure(read: ClockRead, { via }: ClockRead | NamespaceRead): boolean {
    return this.ignores(read) || (via === 'vdso' && this.publication.isOpen);
  }

  private compare(clock: ClockId, host: Shown, inside: Shown, last: Shown): Finding {
    const offset = this.offsetOf(clock);
    if (offset === undefined) return undefined;
    if (inside.ns - host.ns === offset) return 'held';
    const evidence = last === inside ? [host.event, inside.event] : [inside.event, host.event];
    return {
      expected: `${clock} inside the time namespace ${offset} ns ahead of ${host.ns} ns outside`,
      observed: `${inside.ns} ns, ${inside.ns - host.ns} ns ahead`,
      evidence,
    };
  }

  armed(armed: Armed): Finding {
    const offset = this.offsetOf(armed.clock);
    if (offset === undefined) return undefined;
    const hostNs = armed.expiresNs - offset;
    const expected = hostNs < 0n ? 0n : hostNs > KTIME_MAX ? KTIME_MAX : hostNs;
    return armed.hostNs === expected ? 'held' : unconverted(armed, armed.clock, offset, expected);
  }
}

function unconverted(armed: Armed, clock: TimerClockId, offset: Ns, expected: Ns): Violation {
  const ahead = `${clock} is ${offset} ns ahead inside`;
  return {
    expected: `timer ${armed.timer} for ${armed.expiresNs} ns inside at ${expected} ns outside: ${ahead}`,
    observed: `armed for ${armed.hostNs} ns on ${nameOf(armed)}`,
    evidence: [armed],
  };
}
