import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import { ADJ_NANO, ADJ_SETOFFSET, ADJ_TAI, STA_INS } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Circumstances } from './circumstances.js';
import { Life, nameOf } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

type Armed = EventOf<'timer-armed'>;
type Fired = EventOf<'timer-fired'>;

/** Arm's, whatever its VMM calls itself. */
const ARM_COUNTER = 'arch_sys_counter';

/** Backward sets that may still lie between a comparison and a read. */
const KEPT_SETS = 8;

/**
 * At callback level, on the timer's own clock:
 *
 * - what the expiry code compared with is at or past the soft expiry, without any allowance;
 * - what the callback read is, less `pub` of a publication by another vCPU meanwhile and, on
 *   REALTIME and TAI, less backward sets: those that may lie between the comparison and the read,
 *   or where the comparison is not known (a process that reads after it woke up) all since the
 *   timer was armed.
 *
 * An interrupt may be early: it is not a callback. But on Arm it stands for CNT >= CVAL, and is judged as
 * well. An interval timer's expiry moves on by the
 * periods that each delivery reports.
 */
export const timerNeverFiresEarly: Property = {
  name: 'timer-never-fires-early',
  statement: 'When a timer calls back, its clock has reached its expiry.',
  source: {
    title: 'timer_settime(2), nanosleep(2): not before the time that was asked for',
    url: 'https://man7.org/linux/man-pages/man2/nanosleep.2.html',
  },
  monitor: (premises) => new Timers(premises, TimersOfLife),
};

class Timers extends Watch<TimersOfLife> {
  'timer-armed'(armed: Armed): undefined {
    this.follower.of(armed).arm(armed);
  }

  'timer-cancelled'(cancelled: EventOf<'timer-cancelled'>): undefined {
    this.follower.of(cancelled).cancel(cancelled.timer);
  }

  'timer-fired'(fired: Fired): Finding {
    return this.follower.of(fired).judge(fired);
  }

  'deadline-written'(written: EventOf<'deadline-written'>): undefined {
    this.follower.of(written).deadlines.set(written.actor.vcpu, written);
  }

  'deadline-interrupt'(interrupt: EventOf<'deadline-interrupt'>): Finding {
    return this.follower.of(interrupt).judgeInterrupt(interrupt);
  }
}

/** An armed timer; mutable as its expiry moves on. */
interface Timer {
  readonly armed: Armed;
  expiresNs: Ns;
  /** How far its clock was set back since. */
  backNs: Ns;
  /** TAI was set against REALTIME by who knows how much. */
  isBlind: boolean;
}

interface BackwardSet {
  readonly latestNs: Ns;
  readonly ns: Ns;
}

class TimersOfLife extends Life<TimersOfLife> {
  private timers = new Map<TimerId, Timer>();
  /** The last that each vCPU wrote. */
  readonly deadlines = new Map<VcpuId, EventOf<'deadline-written'>>();
  private sets: readonly BackwardSet[] = [];

  override copy(circumstances: Circumstances): TimersOfLife {
    const copy = new TimersOfLife(circumstances);
    for (const [id, timer] of this.timers) copy.timers.set(id, { ...timer });
    copy.sets = this.sets;
    for (const [vcpu, written] of this.deadlines) copy.deadlines.set(vcpu, written);
    return copy;
  }

  /** Timers do not depend on what was read before. */
  override forget(): void {}

  arm(armed: Armed): void {
    const { expiresNs } = armed;
    this.timers.set(armed.timer, { armed, expiresNs, backNs: 0n, isBlind: false });
  }

  cancel(timer: TimerId): void {
    this.timers.delete(timer);
  }

  override clockSet(set: EventOf<'clock-set'>): void {
    super.clockSet(set);
    this.stepped(set.stepNs, set.latestNs);
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    const { timex, latestNs, status } = adjusted;
    if ((timex.modes & ADJ_SETOFFSET) !== 0) {
      const unit = (timex.modes & ADJ_NANO) === 0 ? 1_000n : 1n;
      const stepNs = (timex.timeSec ?? 0n) * NSEC_PER_SEC + (timex.timeUsec ?? 0n) * unit;
      this.stepped(stepNs, latestNs);
    }
    // An inserted leap second sets REALTIME back at a tick that nobody reports.
    if ((status & STA_INS) !== 0) this.stepped(-NSEC_PER_SEC, latestNs);
    if ((timex.modes & ADJ_TAI) === 0) return;
    for (const timer of this.timers.values()) {
      if (timer.armed.clock === 'CLOCK_TAI') timer.isBlind = true;
    }
  }

  private stepped(stepNs: Ns, latestNs: Ns): void {
    if (stepNs >= 0n) return;
    this.sets = [...this.sets.slice(1 - KEPT_SETS), { latestNs, ns: -stepNs }];
    for (const timer of this.timers.values()) timer.backNs -= stepNs;
  }

  judge(fired: Fired): Finding {
    const timer = this.timers.get(fired.timer);
    if (timer === undefined) return undefined;
    const { expiresNs, armed } = timer;
    if (armed.intervalNs > 0n) timer.expiresNs += fired.expirations * armed.intervalNs;
    const { comparedNs, readNs } = fired;
    if (comparedNs !== null && comparedNs < expiresNs) {
      return early(armed, fired, expiresNs, comparedNs, 'compared with');
    }
    if (readNs === null || timer.isBlind) return comparedNs === null ? undefined : 'held';
    const leastNs = expiresNs - this.publicationNs(fired) - this.setBackNs(timer, fired);
    return readNs < leastNs ? early(armed, fired, leastNs, readNs, 'read') : 'held';
  }

  /** The condition of Arm's timer, 64 bits wide, is what its interrupt is. */
  judgeInterrupt(interrupt: EventOf<'deadline-interrupt'>): Finding {
    const written = this.deadlines.get(interrupt.actor.vcpu);
    if (this.nominal.spec.name !== ARM_COUNTER) return undefined;
    if (written === undefined || written.deadline === null) return undefined;
    const early = BigInt.asIntN(64, written.deadline - interrupt.counter);
    if (early <= 0n) return 'held';
    return {
      expected: `an interrupt with the counter at or past ${written.deadline}`,
      observed: `given on ${nameOf(interrupt)} at ${interrupt.counter}: ${early} cycles early`,
      evidence: [written, interrupt],
    };
  }

  private setBackNs(timer: Timer, fired: Fired): Ns {
    const { clock } = timer.armed;
    if (clock !== 'CLOCK_REALTIME' && clock !== 'CLOCK_TAI') return 0n;
    if (fired.comparedNs === null) return timer.backNs;
    return this.sets.reduce(
      (sum, { latestNs, ns }) => (latestNs >= fired.earliestNs ? sum + ns : sum),
      0n,
    );
  }

  private publicationNs(fired: Fired): Ns {
    if (this.premises.strict.has('publication')) return 0n;
    const { publicationNs } = this.premises.declared;
    if (publicationNs !== null) {
      const { highest, lowest } = this.rate;
      return publicationNs === 0n ? 0n : (publicationNs * (highest - lowest)) / RATE_ONE + 1n;
    }
    const { published } = this.publication;
    if (published === undefined || fired.earliestNs > published.latestNs) return 0n;
    return this.publication.aboveNs({ ...fired, counter: null });
  }
}

function early(armed: Armed, fired: Fired, leastNs: Ns, ns: Ns, how: string): Violation {
  return {
    expected: `timer ${armed.timer} at or after ${leastNs} ns on ${armed.clock}`,
    observed: `called back on ${nameOf(fired)} and ${how} ${ns} ns: ${leastNs - ns} ns early`,
    evidence: [armed, fired],
  };
}
