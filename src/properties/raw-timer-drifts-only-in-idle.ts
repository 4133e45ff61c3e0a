import type { EventOf } from '../contract/event.js';
import type { Finding, Premises, Property, Violation } from '../contract/property.js';
import type { TimerId } from '../contract/schedule.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { abs, ceilDivide, max, min } from '../math/u64.js';
import type { Circumstances } from './circumstances.js';
import { nameOf } from './life.js';
import { RATE_ONE } from './nominal.js';
import { type Armed, type Fired, type Timer, TimerLife, TimerWatch } from './timer-life.js';

/** Mappings kept of a timer: with ticks one is made in each. */
const KEPT = 8;

/**
 * A timer on RAW that is mapped onto MONOTONIC. On RAW, at its callback, it is late by no more than
 *
 * - what the mapping was off: the multiplier m_q that it was made with was replaced by m_i for
 *   RAW length_i, of which (length_i * |m_i − m_q|) / m_q is lost, and 1 ns for each. That is bound
 *   B3, which has ns of MONOTONIC and m_r, as it is told by RAW: the timer fires when Σ length_i *
 *   m_i / m_q has passed instead of Σ length_i;
 * - its slack and what the device is off (bound B8), as any timer.
 *
 * Where each tick of its vCPU maps it anew (`rawTimers`), and the vCPU has ticks of its own, a length
 * is a tick at most, and the time in which it took no interrupts. Known limit `raw-timer-in-idle`: a
 * vCPU that is idle without its tick, or one of nohz_full, maps nothing until the timer fires.
 *
 * That a timer is not early on RAW is the matter of timer-never-fires-early.
 */
export const rawTimerDriftsOnlyInIdle: Property = {
  name: 'raw-timer-drifts-only-in-idle',
  statement:
    'A RAW timer mapped to MONOTONIC is late by one tick of a rate change, unless its vCPU was idle.',
  source: {
    title: 'T. Gleixner, 22 May 2024, in "NTP adjustments interfere with KVM emulation of TSC …"',
    url: 'https://lore.kernel.org/kvm/?q=%22NTP+adjustments+interfere+with+KVM+emulation%22',
  },
  measure: { what: 'lateness of a RAW timer', perNs: 1n },
  monitor: (premises) =>
    premises.declared.publicationNs === null ? new RawTimers(premises, RawTimersOfLife) : {},
};

class RawTimers extends TimerWatch<RawTimersOfLife> {
  'raw-timer-mapped'(mapped: EventOf<'raw-timer-mapped'>): undefined {
    this.follower.of(mapped).map(mapped);
  }

  'vcpu-idle'(idle: EventOf<'vcpu-idle'>): undefined {
    if (idle.tickStopped) this.follower.of(idle).idle();
  }

  'timer-fired'(fired: Fired): Finding {
    return this.follower.of(fired).judge(fired);
  }
}

/** A conversion of one timer, and what has become of the multiplier since. */
interface Mapping {
  readonly mapped: EventOf<'raw-timer-mapped'>;
  readonly mult: bigint;
  /** Σ true ns * |m_i − m_q| of the lengths that ended. */
  ended: bigint;
  /** When the running one began. */
  sinceNs: Ns;
  running: bigint;
  /** Largest of the |m_i − m_q|. */
  most: bigint;
  segments: bigint;
  /** Its vCPU halted without its tick since. */
  wasIdle: boolean;
  changed: EventOf<'tick-published'> | undefined;
}

class RawTimersOfLife extends TimerLife<RawTimersOfLife> {
  /** Those of each timer, the last ones. */
  private mappings = new Map<TimerId, readonly Mapping[]>();
  private mult: bigint;
  /** Whether each tick of a vCPU is seen to map its timers. */
  private readonly isMappedByTicks: boolean;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.mult = this.nominal.mult;
    this.isMappedByTicks = mapsAtTicks(this.premises, this.vm);
  }

  override copy(circumstances: Circumstances, _saved: EventOf<'vm-saved'>): RawTimersOfLife {
    const copy = new RawTimersOfLife(circumstances);
    this.handDown(copy);
    for (const [id, all] of this.mappings) {
      copy.mappings.set(
        id,
        all.map((each) => ({ ...each })),
      );
    }
    copy.mult = this.mult;
    return copy;
  }

  map(mapped: EventOf<'raw-timer-mapped'>): void {
    const before = this.mappings.get(mapped.timer) ?? [];
    const mapping: Mapping = {
      mapped,
      mult: this.mult,
      ended: 0n,
      sinceNs: mapped.earliestNs,
      running: 0n,
      most: 0n,
      segments: 1n,
      wasIdle: false,
      changed: undefined,
    };
    this.mappings.set(mapped.timer, [...before.slice(1 - KEPT), mapping]);
  }

  override arm(armed: Armed): void {
    super.arm(armed);
    this.mappings.delete(armed.timer);
  }

  idle(): void {
    for (const mapping of this.all()) mapping.wasIdle = true;
  }

  override ticked(
    published: EventOf<'tick-published'>,
    sampled: EventOf<'tick-sampled'> | undefined,
  ): void {
    super.ticked(published, sampled);
    const { mult } = published;
    if (mult === this.mult) return;
    this.mult = mult;
    for (const mapping of this.all()) this.change(mapping, published, sampled ?? published);
  }

  private *all(): Iterable<Mapping> {
    for (const all of this.mappings.values()) yield* all;
  }

  /** Lengths are outer bounds: the old slope counts to the end of the publication, the new one from its sample. */
  private change(
    mapping: Mapping,
    published: EventOf<'tick-published'>,
    sampled: { readonly earliestNs: Ns },
  ): void {
    const { sinceNs, running } = mapping;
    mapping.ended += max(published.latestNs - sinceNs, 0n) * running;
    mapping.sinceNs = sampled.earliestNs;
    mapping.running = abs(published.mult - mapping.mult);
    mapping.most = max(mapping.most, mapping.running);
    mapping.segments++;
    mapping.changed = published;
  }

  judge(fired: Fired): Finding {
    const timer = this.fire(fired);
    const mappings = this.mappings.get(fired.timer) ?? [];
    const shownNs = fired.comparedNs ?? fired.readNs;
    if (fired.clock !== 'CLOCK_MONOTONIC_RAW' || timer === undefined) return undefined;
    if (shownNs === null) return undefined;
    const { vcpu } = fired.actor;
    const late = this.lateNs(timer, vcpu, fired, shownNs);
    if (late === undefined) return undefined;
    // One that was made once the timer was due came too late to matter.
    const at = mappings.findLastIndex(({ mapped }) => mapped.latestNs <= late.dueNs);
    const mapping = mappings[at];
    // Before 0 no device is programmed for it.
    if (mapping === undefined || mapping.mapped.monotonicNs < 0n) return undefined;
    const monotonicNs = timer.armed.slackNs + this.chance.deviceNs(vcpu, late.dueNs);
    // Both are ns of MONOTONIC, of which one may have been more of RAW.
    const deviceNs = ceilDivide(monotonicNs * RATE_ONE, this.rate.lowest);
    // Which of those was in force as it became due is not known to the ns.
    const convertedNs = mappings
      .slice(at)
      .reduce((most, each) => max(most, this.convertedNs(each, deviceNs, fired)), 0n);
    const boundNs = convertedNs + deviceNs;
    this.premises.onDistance?.({ value: late.ns, bound: boundNs });
    return late.ns <= boundNs ? 'held' : drifted(timer, mapping, fired, late.ns, boundNs);
  }

  private convertedNs(mapping: Mapping, deviceNs: Ns, fired: Fired): Ns {
    const sinceMapped = this.mappingNs(mapping, fired);
    const mayDrift = !this.isMappedByTicks || (this.allowsIdle && this.isTickless(mapping));
    return mayDrift ? sinceMapped : min(sinceMapped, this.tickNs(mapping, deviceNs, fired));
  }

  /** What the mapping is off by now, ns of RAW. */
  private mappingNs({ ended, sinceNs, running, segments, mult }: Mapping, fired: Fired): Ns {
    const { raw } = this.nominal;
    const all = ended + max(fired.latestNs - sinceNs, 0n) * running;
    return ceilDivide(all * raw.hi, mult * RATE_ONE) + segments + 1n;
  }

  /** The same over one tick, late by what its interrupt may be: B3. */
  private tickNs({ most, mult }: Mapping, deviceNs: Ns, fired: Fired): Ns {
    const { hz, raw } = this.nominal;
    // A tick is one of MONOTONIC, which may have gone at the slowest of the rates.
    const tickNs = ceilDivide(NSEC_PER_SEC * this.nominal.mult, hz * (mult - most));
    const blockedNs = this.chance.blockedNs(fired.actor.vcpu, 0n, fired.latestNs);
    const lengthNs = tickNs + deviceNs + ceilDivide(blockedNs * raw.hi, RATE_ONE);
    return ceilDivide(lengthNs * most, mult) + 2n;
  }

  private get allowsIdle(): boolean {
    return !this.premises.strict.has('raw-timer-in-idle');
  }

  private isTickless({ wasIdle }: Mapping): boolean {
    return wasIdle || this.premises.machine.nohz === 'full';
  }
}

function mapsAtTicks({ machine }: Premises, vm: number): boolean {
  const { mapped = 'at-each-tick' } = machine.vms[vm]?.rawTimers ?? {};
  return machine.tick === 'clockevent' && mapped === 'at-each-tick';
}

function drifted(
  { armed, expiresNs }: Timer,
  { mapped, changed }: Mapping,
  fired: Fired,
  lateNs: Ns,
  boundNs: Ns,
): Violation {
  return {
    expected: `timer ${armed.timer} at most ${boundNs} ns after ${expiresNs} ns on ${armed.clock}`,
    observed: `called back on ${nameOf(fired)} ${lateNs} ns late`,
    evidence: [armed, mapped, ...(changed === undefined ? [] : [changed]), fired],
  };
}
