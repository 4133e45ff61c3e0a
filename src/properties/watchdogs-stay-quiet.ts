import { WATCHDOG_NAMES, WATCHDOGS, type WatchdogName } from '../contract/consumer.js';
import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import { AwayTime } from './away-time.js';
import type { Circumstances } from './circumstances.js';
import { type Edge, Edges } from './edges.js';
import { stopErrorNs } from './granularity.js';
import { Life } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';
import { Integral, type Phase } from './window.js';

type Checked = EventOf<'watchdog-checked'>;

/** When a watchdog was touched last. */
interface Touch {
  /** Undefined: the boot. */
  readonly by: Event | undefined;
  /** ∫ hi over awake by then, ns * RATE_ONE. */
  readonly awake: bigint;
  readonly awayMostNs: Ns;
  readonly edges: number;
}

/**
 * A watchdog fires where more than its threshold of awake time passed since its last touch, by the
 * fastest that its clock may have run meanwhile and with what the design's stops may add to it. A boot
 * is a touch, and so is a check that forgave, of all that go by the same flag.
 *
 * Put to the test where a check finds the VM to have been away for longer than the threshold; one that
 * fires early over a shorter time away breaks the law all the same.
 */
export const watchdogsStayQuiet: Property = {
  name: 'watchdogs-stay-quiet',
  statement: 'No watchdog takes the time that the VM was stopped for time in which nothing ran.',
  source: {
    title:
      'KVM_KVMCLOCK_CTRL: "so that the guest can take appropriate action to avoid false soft lockups"',
    url: 'https://docs.kernel.org/virt/kvm/api.html#kvm-kvmclock-ctrl',
  },
  monitor: (premises) => new Watchdogs(premises, WatchdogsOfLife),
};

class Watchdogs extends Watch<WatchdogsOfLife> {
  'watchdog-touched'(touched: EventOf<'watchdog-touched'>): undefined {
    this.follower.of(touched).touch(touched);
  }

  'watchdog-checked'(checked: Checked): Finding {
    return this.follower.of(checked).check(checked);
  }
}

class WatchdogsOfLife extends Life<WatchdogsOfLife> {
  private awake = new Integral(this.rate.hi);
  private away = new AwayTime();
  private edges = new Edges();
  private readonly touches = new Map<string, Touch>();
  private readonly boot: Touch = { by: undefined, awake: 0n, awayMostNs: 0n, edges: 0 };

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): WatchdogsOfLife {
    const copy = new WatchdogsOfLife(circumstances);
    copy.awake = this.awake.copy();
    copy.awake.end(saved.latestNs);
    copy.away = this.away.copy();
    copy.away.begin(saved);
    copy.edges = this.edges.copy();
    for (const [key, touch] of this.touches) copy.touches.set(key, touch);
    return copy;
  }

  // Touches are no reads.
  override forget(): void {}

  override edge(edge: Edge, from: Phase): undefined {
    const { phase } = this.presence;
    this.edges.push(edge);
    this.away.edge(edge, from, phase);
    if (from === 'away' && phase !== 'away') this.awake.begin(edge.earliestNs);
    if (from === 'away' || phase !== 'away') return;
    this.awake.end(edge.latestNs);
    this.awake.add(stopErrorNs(this.premises, this.nominal) * RATE_ONE);
  }

  override rateChanged(at: Event): void {
    const { hi } = this.rate;
    this.awake.changeRate(hi > this.awake.rate ? at.earliestNs : at.latestNs, hi);
  }

  touch({ watchdog, ...at }: EventOf<'watchdog-touched'>): void {
    this.note(at.actor.vcpu, watchdog, { watchdog, ...at });
  }

  private note(vcpu: VcpuId, watchdog: WatchdogName, by: Event): void {
    this.touches.set(`${vcpu} ${watchdog}`, {
      by,
      awake: this.awake.at(by.earliestNs),
      awayMostNs: this.away.mostNs,
      edges: this.edges.count,
    });
  }

  check(checked: Checked): Finding {
    const { vcpu } = checked.actor;
    const touch = this.touches.get(`${vcpu} ${checked.watchdog}`) ?? this.boot;
    if (checked.forgave) {
      for (const name of WATCHDOG_NAMES) {
        if (WATCHDOGS[name].listensToGuestStopped) this.note(vcpu, name, checked);
      }
    }
    const awayNs = this.away.leastNs - touch.awayMostNs;
    if (!this.nominal.isTied || awayNs <= 0n) return undefined;
    if (!checked.fired) return awayNs > checked.thresholdNs ? 'held' : undefined;
    const { monotonic } = this.circumstances.slack;
    const awakeNs = (this.awake.at(checked.latestNs) - touch.awake + monotonic) / RATE_ONE;
    // It had a reason of its own.
    if (awakeNs > checked.thresholdNs) return undefined;
    return {
      expected: `${checked.watchdog} quiet on vCPU ${vcpu}: awake for at most ${awakeNs} ns since it was touched, of the ${checked.thresholdNs} ns that it waits`,
      observed: `it fired after ${checked.elapsedNs} ns by its clock: the VM was away for ${awayNs} ns`,
      evidence: [
        ...(touch.by === undefined ? [] : [touch.by]),
        ...this.edges.since(touch.edges),
        checked,
      ],
    };
  }
}
