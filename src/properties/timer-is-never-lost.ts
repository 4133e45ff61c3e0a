import type { ClockId } from '../contract/clock.js';
import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import { AwayTime } from './away-time.js';
import type { Circumstances } from './circumstances.js';
import type { Edge } from './edges.js';
import { nameOf, type Witness } from './life.js';
import { RATE_ONE } from './nominal.js';
import { type Fired, type Timer, TimerLife, TimerWatch } from './timer-life.js';
import type { Phase } from './window.js';

/**
 * State form: whenever a vCPU halts or is stopped with a timer queued, and the guest is not
 * suspended, its device is programmed, and of a timer on MONOTONIC for its hard expiry at the
 * latest; of one on RAW, for what it was mapped to. What is past already is an interrupt that
 * pends.
 *
 * Event form: a timer that is not called back though its clock, read on its vCPU, shows that it
 * is later than bound B8 has it (see timer-fires-within-slack) is lost; and one whose hard expiry
 * the handler of an interrupt left behind it. A deadline that stood still while the VM was away is late by
 * no more than that, and not lost: that it is late is for timer-fires-within-slack. Of REALTIME only reads through the timer base count,
 * as others do not foresee a leap second.
 */
export const timerIsNeverLost: Property = {
  name: 'timer-is-never-lost',
  statement: 'Whoever waits with a timer queued has a device that will interrupt for it.',
  source: {
    title: 'M. Levitsky, 21 Dec 2023: "This results in the timer event being lost forever"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  monitor: (premises) => new Queues(premises, QueuesOfLife),
};

class Queues extends TimerWatch<QueuesOfLife> {
  'timer-fired'(fired: Fired): undefined {
    this.follower.of(fired).fire(fired);
  }

  'raw-timer-mapped'(mapped: EventOf<'raw-timer-mapped'>): undefined {
    this.follower.of(mapped).mapped.set(mapped.timer, mapped.monotonicNs);
  }

  'vcpu-idle'(idle: EventOf<'vcpu-idle'>): Finding {
    return this.follower.of(idle).judgeState(idle, idle.actor.vcpu);
  }

  override 'vcpu-stopped'(stopped: EventOf<'vcpu-stopped'>): Finding {
    this.follower.edge(stopped);
    return this.follower.of(stopped).judgeState(stopped, stopped.actor.vcpu);
  }

  'device-interrupt'(interrupt: EventOf<'device-interrupt'>): Finding {
    return this.follower.of(interrupt).judgeHandler(interrupt);
  }

  'clock-read'(read: EventOf<'clock-read'>): Finding {
    if (read.via === 'nmi' || (read.clock === 'CLOCK_REALTIME' && read.via !== 'timer-base')) {
      return undefined;
    }
    const life = this.follower.of(read);
    return life.isEmpty ? undefined : life.judgeRead(read, read.clock, read.ns);
  }

  'snapshot-taken'(snapshot: EventOf<'snapshot-taken'>): Finding {
    const life = this.follower.of(snapshot);
    return life.isEmpty
      ? undefined
      : life.judgeRead(snapshot, 'CLOCK_MONOTONIC', snapshot.monotonicNs);
  }
}

class QueuesOfLife extends TimerLife<QueuesOfLife> {
  /** What RAW timers were last mapped to, on MONOTONIC. */
  mapped = new Map<number, Ns>();
  private away = new AwayTime();
  /** How long the VM had been away at most as each timer was armed. */
  private readonly awayThen = new Map<TimerId, Ns>();

  override copy(circumstances: Circumstances, saved: EventOf<'vm-saved'>): QueuesOfLife {
    const copy = new QueuesOfLife(circumstances);
    this.handDown(copy);
    copy.mapped = new Map(this.mapped);
    copy.away = this.away.copy();
    copy.away.begin(saved);
    for (const [timer, awayNs] of this.awayThen) copy.awayThen.set(timer, awayNs);
    return copy;
  }

  override edge(edge: Edge | EventOf<'stopped-time-read'>, from?: Phase): undefined {
    super.edge(edge);
    if (from !== undefined) this.away.edge(edge, from, this.presence.phase);
  }

  override arm(armed: EventOf<'timer-armed'>): void {
    super.arm(armed);
    this.awayThen.set(armed.timer, this.away.leastNs);
  }

  get isEmpty(): boolean {
    return this.timers.size === 0;
  }

  judgeState(at: Event, vcpu: VcpuId): Finding {
    const device = this.chance.deviceOf(vcpu);
    if (this.presence.suspended || device === undefined) return undefined;
    let finding: Finding;
    for (const timer of this.timers.values()) {
      if (timer.armed.actor.vcpu !== vcpu) continue;
      if (device.expiresNs === null) return unprogrammed(timer, at, device);
      const hardNs = this.hardOnMonotonic(timer);
      if (hardNs !== undefined && device.expiresNs > hardNs) return unprogrammed(timer, at, device);
      finding = 'held';
    }
    return finding;
  }

  /** Undefined where the offset of its clock is not known. Before 0 the device is programmed for 0. */
  private hardOnMonotonic({ armed, expiresNs }: Timer): Ns | undefined {
    const { clock, timer, slackNs } = armed;
    const soft = clock === 'CLOCK_MONOTONIC_RAW' ? this.mapped.get(timer) : expiresNs;
    if ((clock !== 'CLOCK_MONOTONIC' && clock !== 'CLOCK_MONOTONIC_RAW') || soft === undefined) {
      return undefined;
    }
    return soft + slackNs < 0n ? 0n : soft + slackNs;
  }

  judgeHandler(interrupt: EventOf<'device-interrupt'>): Finding {
    const { actor, comparedNs, hung } = interrupt;
    if (hung) return undefined;
    for (const timer of this.timers.values()) {
      const { armed, expiresNs } = timer;
      if (armed.actor.vcpu !== actor.vcpu || armed.clock !== 'CLOCK_MONOTONIC') continue;
      if (expiresNs + armed.slackNs <= comparedNs) return leftBehind(timer, interrupt);
    }
    return undefined;
  }

  judgeRead(read: Witness, clock: ClockId, ns: Ns): Finding {
    if (this.ignores(read)) return undefined;
    let finding: Finding;
    for (const timer of this.timers.values()) {
      const { armed, expiresNs } = timer;
      if (armed.clock !== clock || armed.actor.vcpu !== read.actor.vcpu || ns < expiresNs) continue;
      if (clock === 'CLOCK_MONOTONIC_RAW') continue;
      const late = this.lateNs(timer, read.actor.vcpu, read, ns);
      if (late === undefined) continue;
      const awayNs = this.away.mostNs - (this.awayThen.get(armed.timer) ?? 0n);
      const deviceNs = this.chance.deviceNs(read.actor.vcpu, late.dueNs);
      const boundNs = armed.slackNs + deviceNs + ceilDivide(awayNs * this.rate.highest, RATE_ONE);
      if (late.ns > boundNs) return overdue(timer, read, late.ns, boundNs);
      finding = 'held';
    }
    return finding;
  }
}

function unprogrammed(
  { armed, expiresNs }: Timer,
  at: Event,
  device: EventOf<'device-programmed'>,
): Violation {
  const what =
    device.expiresNs === null ? 'it is shut down' : `it waits for ${device.expiresNs} ns`;
  return {
    expected: `a device that interrupts for timer ${armed.timer}, ${expiresNs} ns on ${armed.clock}`,
    observed: what,
    evidence: [armed, device, at],
  };
}

function leftBehind({ armed, expiresNs }: Timer, at: EventOf<'device-interrupt'>): Violation {
  return {
    expected: `timer ${armed.timer} called back at ${expiresNs + armed.slackNs} ns on ${armed.clock}`,
    observed: `left by a handler that saw ${at.comparedNs} ns on ${nameOf(at)}`,
    evidence: [armed, at],
  };
}

function overdue({ armed, expiresNs }: Timer, read: Witness, lateNs: Ns, boundNs: Ns): Violation {
  return {
    expected: `timer ${armed.timer} at most ${boundNs} ns after ${expiresNs} ns on ${armed.clock}, interrupts being taken`,
    observed: `not called back on ${nameOf(read)} ${lateNs} ns late`,
    evidence: [armed, read],
  };
}
