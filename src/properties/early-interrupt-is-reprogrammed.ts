import type { EventOf } from '../contract/event.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { nameOf } from './life.js';
import { type Fired, TimerLife, TimerWatch } from './timer-life.js';

/** What the handler may put the device off for that gave up after its third round. */
const HANG_NS: Ns = NSEC_PER_SEC / 10n;

/**
 * An interrupt of the timer device that finds no timer expired, while one is queued, leaves the device
 * programmed at its end: for no longer than the time that the first of them has left, or the
 * device's shortest delta; after a third round in vain for 100 ms at most.
 *
 * What is left is known of timers on MONOTONIC, and of those on RAW by what they were mapped to.
 */
export const earlyInterruptIsReprogrammed: Property = {
  name: 'early-interrupt-is-reprogrammed',
  statement: 'A timer interrupt that comes before its time is programmed for what is left.',
  source: {
    title: 'T. Gleixner, 22 May 2024: "It simply reprograms the timer and is done with it"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  monitor: (premises) => new Interrupts(premises, InterruptsOfLife),
};

class Interrupts extends TimerWatch<InterruptsOfLife> {
  'timer-fired'(fired: Fired): undefined {
    this.follower.of(fired).fire(fired);
  }

  'raw-timer-mapped'(mapped: EventOf<'raw-timer-mapped'>): undefined {
    this.follower.of(mapped).mapped.set(mapped.timer, mapped.monotonicNs);
  }

  'device-interrupt'(interrupt: EventOf<'device-interrupt'>): Finding {
    return this.follower.of(interrupt).judge(interrupt);
  }
}

class InterruptsOfLife extends TimerLife<InterruptsOfLife> {
  mapped = new Map<number, Ns>();

  override copy(circumstances: Circumstances, _saved: EventOf<'vm-saved'>): InterruptsOfLife {
    const copy = new InterruptsOfLife(circumstances);
    this.handDown(copy);
    copy.mapped = new Map(this.mapped);
    return copy;
  }

  judge(interrupt: EventOf<'device-interrupt'>): Finding {
    const { expired, pending, programmedNs, hung } = interrupt;
    if (expired > 0 || pending === 0) return undefined;
    const mostNs = hung ? HANG_NS : this.leftNs(interrupt);
    if (programmedNs !== null && (mostNs === undefined || programmedNs <= mostNs)) return 'held';
    return forgotten(interrupt, mostNs);
  }

  /** Until the first timer that is known, from when the handler looked first: it had no more time than that. */
  private leftNs({ actor, comparedNs }: EventOf<'device-interrupt'>): Ns | undefined {
    let first: Ns | undefined;
    for (const { armed, expiresNs } of this.timers.values()) {
      if (armed.actor.vcpu !== actor.vcpu) continue;
      const { clock, slackNs, timer } = armed;
      const soft = clock === 'CLOCK_MONOTONIC_RAW' ? this.mapped.get(timer) : expiresNs;
      if (clock !== 'CLOCK_MONOTONIC' && clock !== 'CLOCK_MONOTONIC_RAW') continue;
      if (soft === undefined) continue;
      if (first === undefined || soft + slackNs < first) first = soft + slackNs;
    }
    if (first === undefined) return undefined;
    // For what lies before 0 the device is programmed for 0.
    return max(max(first, 0n) - comparedNs, this.chance.device.minDeltaNs);
  }
}

function forgotten(interrupt: EventOf<'device-interrupt'>, mostNs: Ns | undefined): Violation {
  const { pending, programmedNs } = interrupt;
  const within = mostNs === undefined ? '' : ` within ${mostNs} ns`;
  return {
    expected: `a device that interrupts again${within}: ${pending} timers are queued`,
    observed:
      programmedNs === null
        ? `nothing was programmed on ${nameOf(interrupt)}`
        : `${programmedNs} ns were programmed on ${nameOf(interrupt)}`,
    evidence: [interrupt],
  };
}
