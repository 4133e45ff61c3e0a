import type { Event, EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { TimerId } from '../contract/schedule.js';
import { ADJ_STATUS, ADJ_TAI } from '../contract/timex.js';
import type { Ns } from '../contract/units.js';
import { ceilDivide, max, min } from '../math/u64.js';
import { Chance } from './chance.js';
import type { Circumstances } from './circumstances.js';
import { Life, type Write } from './life.js';
import { RATE_ONE } from './nominal.js';
import { Watch } from './watch.js';

export type Armed = EventOf<'timer-armed'>;
export type Fired = EventOf<'timer-fired'>;

/** An armed timer; mutable as its expiry moves on by its period. */
export interface Timer {
  readonly armed: Armed;
  /** The soft expiry, on its own clock. */
  expiresNs: Ns;
  /** A gap in which the clocks lost time lay between: nothing is said of it. */
  isBlind: boolean;
}

/** What the laws about late timers are told of beside what all laws are. */
export abstract class TimerWatch<L extends TimerLife<L>> extends Watch<L> {
  'timer-armed'(armed: Armed): undefined {
    this.follower.of(armed).arm(armed);
  }

  'timer-cancelled'(cancelled: EventOf<'timer-cancelled'>): undefined {
    this.follower.of(cancelled).cancel(cancelled);
  }

  'device-programmed'(programmed: EventOf<'device-programmed'>): undefined {
    const life = this.follower.of(programmed);
    // It may be told of only as the first timer comes, and have counted at an older rate.
    life.chance.programmed(programmed, life.rate.highest);
  }

  'interrupts-held'(held: EventOf<'interrupts-held'>): undefined {
    this.follower.of(held).chance.held(held);
  }

  'interrupts-released'(released: EventOf<'interrupts-released'>): undefined {
    this.follower.of(released).chance.released(released);
  }

  'leap-applied'(leap: EventOf<'leap-applied'>): undefined {
    this.follower.of(leap).wallDisturbed(leap);
  }

  /** Where the guest is told for how long it was stopped it moves its clocks. */
  'stopped-time-read'(told: EventOf<'stopped-time-read'>): undefined {
    this.follower.of(told).edge(told);
  }
}

/**
 * One life as a law about late timers sees it: what is armed, and since when each clock has gone on
 * by its rate, without a jump that would make a timer overdue at once.
 */
export abstract class TimerLife<Self> extends Life<Self> {
  declare protected timers: Map<TimerId, Timer>;
  declare chance: Chance;
  /** The last jump of any clock: a stop, a resume, a set, an injection, a late publication. */
  declare private jumpNs: Ns;
  /** The last that only REALTIME and TAI may have made. */
  declare private wallJumpNs: Ns;

  constructor(circumstances: Circumstances) {
    super(circumstances);
    this.timers = new Map();
    this.chance = new Chance(this.premises, this.nominal, this.vm, circumstances);
    this.jumpNs = 0n;
    this.wallJumpNs = 0n;
  }

  /** Hands down what a restored life takes up. */
  protected handDown(to: TimerLife<Self>): void {
    for (const [id, timer] of this.timers) to.timers.set(id, { ...timer });
    to.chance = this.chance.copy(this.vm);
    to.jumpNs = this.jumpNs;
    to.wallJumpNs = this.wallJumpNs;
  }

  override forget(): void {
    this.chance.forget();
    for (const timer of this.timers.values()) timer.isBlind = true;
  }

  arm(armed: Armed): void {
    this.timers.set(armed.timer, { armed, expiresNs: armed.expiresNs, isBlind: false });
  }

  cancel({ timer }: EventOf<'timer-cancelled'>): void {
    this.timers.delete(timer);
  }

  /** The timer that called back, its expiry as it was; the next one is kept. */
  fire({ timer, expirations }: Fired): Timer | undefined {
    const armed = this.timers.get(timer);
    if (armed === undefined) return undefined;
    const { intervalNs } = armed.armed;
    if (intervalNs === 0n) this.timers.delete(timer);
    else
      this.timers.set(timer, { ...armed, expiresNs: armed.expiresNs + expirations * intervalNs });
    return armed;
  }

  override edge(edge: Event): undefined {
    this.jumpNs = edge.latestNs;
  }

  override wrote(write: Write): void {
    this.jumpNs = write.latestNs;
  }

  override ntpAdjusted(adjusted: EventOf<'ntp-adjusted'>): void {
    super.ntpAdjusted(adjusted);
    // A leap second that is called off, and TAI's offset.
    if ((adjusted.timex.modes & (ADJ_STATUS | ADJ_TAI)) !== 0) this.wallDisturbed(adjusted);
  }

  wallDisturbed(at: Event): void {
    this.wallJumpNs = at.latestNs;
  }

  override ticked(
    published: EventOf<'tick-published'>,
    sampled: EventOf<'tick-sampled'> | undefined,
  ): void {
    if (sampled !== undefined && sampled.earliestNs === published.latestNs) return;
    // Readers change lines late: MONOTONIC jumps by what the new one is steeper (B2).
    this.jumpNs = published.latestNs;
    if (sampled === undefined || published.mult <= sampled.mult) return;
    const { mask, shift } = this.nominal;
    const cycles = (published.counter - sampled.counter) & mask;
    this.chance.jumped(((cycles * (published.mult - sampled.mult)) >> shift) + 1n);
  }

  override rateChanged(): void {
    this.chance.rateChanged(this.rate.hi);
  }

  /**
   * By how much a timer is late that is not expired when its clock shows `shownNs`, at the least:
   * ns of that clock after it was due, less what its vCPU took no interrupts for. Undefined where
   * that can not be told.
   */
  lateNs(timer: Timer, vcpu: VcpuId, at: Event, shownNs: Ns): Late | undefined {
    const { armed, isBlind } = timer;
    // No device is programmed for what lies before 0, which is where a lost gap may take MONOTONIC to.
    const expiresNs =
      armed.clock === 'CLOCK_MONOTONIC' ? max(timer.expiresNs, 0n) : timer.expiresNs;
    const { accumulation } = this.circumstances;
    if (isBlind || !this.nominal.isTied || this.chance.deviceOf(vcpu) === undefined)
      return undefined;
    if (!('vm' in at.actor) || accumulation.isOverdue({ ...at, actor: at.actor })) return undefined;
    const sinceNs = this.undisturbedSince(armed);
    const { highest, lowest } = this.rate;
    // What lies before a jump is not counted, and of what came after no more than surely passed.
    const most = ((at.earliestNs - sinceNs) * lowest) / RATE_ONE;
    const afterNs = min(shownNs - expiresNs, most);
    if (afterNs <= 0n) return { ns: afterNs, dueNs: at.earliestNs };
    const dueNs = max(sinceNs, at.earliestNs - ceilDivide(afterNs * RATE_ONE, lowest) - 1n);
    const blockedNs = this.chance.blockedNs(vcpu, dueNs, at.latestNs);
    // A counter that is behind shows `cycle_last` from the moment at which another vCPU's update sets it.
    const aheadNs = blockedNs + this.nominal.skewNs;
    return { ns: afterNs - ceilDivide(aheadNs * highest, RATE_ONE), dueNs };
  }

  private undisturbedSince({ clock, latestNs }: Armed): Ns {
    const isWall = clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI';
    const own = isWall ? max(this.jumpNs, this.wallJumpNs) : this.jumpNs;
    return max(max(own, latestNs), this.chance.blindUntilNs);
  }
}

/** How late a timer is. */
export interface Late {
  /** Lower bound, ns of its clock; below 0: it is early, or had no chance. */
  readonly ns: Ns;
  /** Earliest instant of true time at which it may have become due. */
  readonly dueNs: Ns;
}
