import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { nameOf } from './life.js';
import { type Fired, type Timer, TimerLife, TimerWatch } from './timer-life.js';

/**
 * At its callback a timer is late by no more than bound B8: its slack, the shortest delta of the
 * device, and what the device is slow against the timer's clock over the delta that it was
 * programmed for. Lateness is what the expiry code compared with less the soft expiry, on the
 * timer's own clock, and counts only while its vCPU takes interrupts: what it was held from
 * them, by an SMI, an NMI, a section with interrupts off or a step in which it or a writer was
 * preempted, is taken off, and what lies before a jump of the clock too.
 *
 * In a subject whose callbacks take no time there is none of timers ahead to add. A timer on RAW is
 * mapped onto MONOTONIC, and has a law of its own.
 */
export const timerFiresWithinSlack: Property = {
  name: 'timer-fires-within-slack',
  statement:
    'A timer that is due and may fire is late by its slack and what its device is off, no more.',
  source: {
    title: 'T. Gleixner, 22 May 2024, in "NTP adjustments interfere with KVM emulation of TSC …"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  measure: { what: 'lateness of a timer', perNs: 1n },
  monitor: (premises) => new Callbacks(premises, CallbacksOfLife),
};

class Callbacks extends TimerWatch<CallbacksOfLife> {
  'timer-fired'(fired: Fired): Finding {
    return this.follower.of(fired).judge(fired);
  }
}

class CallbacksOfLife extends TimerLife<CallbacksOfLife> {
  override copy(circumstances: Circumstances, _saved: EventOf<'vm-saved'>): CallbacksOfLife {
    const copy = new CallbacksOfLife(circumstances);
    this.handDown(copy);
    return copy;
  }

  judge(fired: Fired): Finding {
    const timer = this.fire(fired);
    const { comparedNs, actor } = fired;
    if (timer === undefined || comparedNs === null || fired.clock === 'CLOCK_MONOTONIC_RAW') {
      return undefined;
    }
    const late = this.lateNs(timer, actor.vcpu, fired, comparedNs);
    if (late === undefined) return undefined;
    const boundNs = timer.armed.slackNs + this.chance.deviceNs(actor.vcpu, late.dueNs);
    this.premises.onDistance?.({ value: late.ns, bound: boundNs });
    if (late.ns <= boundNs) return 'held';
    return tooLate(timer, fired, late.ns, boundNs, this.chance.deviceOf(actor.vcpu));
  }
}

function tooLate(
  { armed, expiresNs }: Timer,
  fired: Fired,
  lateNs: Ns,
  boundNs: Ns,
  device: EventOf<'device-programmed'> | undefined,
): Violation {
  return {
    expected: `timer ${armed.timer} at most ${boundNs} ns after ${expiresNs} ns on ${armed.clock}, interrupts being taken`,
    observed: `called back on ${nameOf(fired)} ${lateNs} ns late`,
    evidence: [armed, ...(device === undefined ? [] : [device]), fired],
  };
}
