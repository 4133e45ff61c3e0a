import type { ClockId, ReadPath, TimerClockId } from '../../src/contract/clock.js';
import type { Event, EventOf, NtpTime } from '../../src/contract/event.js';
import type { HeldCause, Timex, VcpuActor, VmmActor } from '../../src/contract/schedule.js';
import type { Ns } from '../../src/contract/units.js';
import { MULT } from './premises.js';

/** Arguments of adjtimex(2), and what it returned where that is not nominal. */
export interface Adjusted {
  readonly timex: Timex;
  readonly ret?: number;
  readonly freq?: bigint;
  readonly tick?: bigint;
  readonly status?: number;
  readonly constant?: bigint;
  readonly offset?: bigint;
  readonly at?: NtpTime;
}

/**
 * Writes events by hand, in the order of the calls. `at` sets the instant, or the closed interval,
 * of those that follow; `vcpu` is who acts.
 */
export class Story {
  readonly events: Event[] = [];
  private earliestNs: Ns = 0n;
  private latestNs: Ns = 0n;
  private incarnation = 0;
  private vm = 0;

  at(earliestNs: Ns, latestNs: Ns = earliestNs): this {
    this.earliestNs = earliestNs;
    this.latestNs = latestNs;
    return this;
  }

  /** The VM and the life that the following events belong to. */
  in(incarnation: number, vm = 0): this {
    this.incarnation = incarnation;
    this.vm = vm;
    return this;
  }

  boot(vcpus = 1): this {
    this.push({ kind: 'booted', ...this.stamp(this.vmm()), host: 0 });
    return this.start(...Array.from({ length: vcpus }, (_, vcpu) => vcpu));
  }

  start(...vcpus: readonly number[]): this {
    for (const vcpu of vcpus) this.push({ kind: 'vcpu-started', ...this.stamp(this.vcpu(vcpu)) });
    return this;
  }

  stop(...vcpus: readonly number[]): this {
    for (const vcpu of vcpus) this.push({ kind: 'vcpu-stopped', ...this.stamp(this.vcpu(vcpu)) });
    return this;
  }

  handled(): this {
    return this.push({ kind: 'stop-handled', ...this.stamp(this.vmm()) });
  }

  suspend(vcpu = 0): this {
    return this.push({ kind: 'guest-suspended', ...this.stamp(this.vcpu(vcpu)) });
  }

  resume(vcpu = 0): this {
    return this.push({ kind: 'guest-resumed', ...this.stamp(this.vcpu(vcpu)) });
  }

  save(snapshot: number): this {
    return this.push({ kind: 'vm-saved', ...this.stamp(this.vmm()), snapshot });
  }

  /** Begins the given incarnation. */
  restore(snapshot: number, incarnation: number): this {
    this.incarnation = incarnation;
    return this.push({ kind: 'vm-restored', ...this.stamp(this.vmm()), snapshot });
  }

  migrate(): this {
    return this.push({ kind: 'vm-migrated', ...this.stamp(this.vmm()), from: 0, to: 0 });
  }

  read(
    vcpu: number,
    clock: ClockId,
    ns: Ns,
    counter: bigint | null = null,
    via: ReadPath = 'syscall',
  ): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'clock-read', ...stamp, clock, via, ns, counter });
  }

  monotonic(vcpu: number, ns: Ns, counter: bigint | null = null): this {
    return this.read(vcpu, 'CLOCK_MONOTONIC', ns, counter);
  }

  boottime(vcpu: number, ns: Ns): this {
    return this.read(vcpu, 'CLOCK_BOOTTIME', ns);
  }

  raw(vcpu: number, ns: Ns, counter: bigint | null = ns): this {
    return this.read(vcpu, 'CLOCK_MONOTONIC_RAW', ns, counter);
  }

  snapshot(
    vcpu: number,
    shown: {
      readonly counter?: bigint;
      readonly monotonicNs?: Ns;
      readonly rawNs?: Ns;
      readonly boottimeNs?: Ns;
      readonly realtimeNs?: Ns;
      readonly taiNs?: Ns;
      readonly mult?: bigint;
    },
  ): this {
    const monotonicNs = shown.monotonicNs ?? 0n;
    return this.push({
      kind: 'snapshot-taken',
      ...this.stamp(this.vcpu(vcpu)),
      counter: shown.counter ?? monotonicNs,
      monotonicNs,
      rawNs: shown.rawNs ?? monotonicNs,
      boottimeNs: shown.boottimeNs ?? monotonicNs,
      realtimeNs: shown.realtimeNs ?? 0n,
      taiNs: shown.taiNs ?? shown.realtimeNs ?? 0n,
      mult: shown.mult ?? MULT,
    });
  }

  sampled(vcpu: number, counter: bigint, mult: bigint): this {
    return this.push({ kind: 'tick-sampled', ...this.stamp(this.vcpu(vcpu)), counter, mult });
  }

  published(vcpu: number, counter: bigint, mult: bigint, cycleLast: bigint = counter): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'tick-published', ...stamp, counter, mult, cycleLast });
  }

  /** An atomic tick. */
  tick(vcpu: number, counter: bigint, mult: bigint = MULT, before: bigint = mult): this {
    return this.sampled(vcpu, counter, before).published(vcpu, counter, mult);
  }

  set(vcpu: number, stepNs: Ns, ret = 0): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'clock-set', ...stamp, sec: 0n, nsec: 0n, ret, stepNs });
  }

  adjust(vcpu: number, { timex, ret = 0, freq = 0n, tick = 10_000n, ...rest }: Adjusted): this {
    return this.push({
      kind: 'ntp-adjusted',
      ...this.stamp(this.vcpu(vcpu)),
      timex,
      ret,
      freq,
      tick,
      status: rest.status ?? 0x40,
      constant: rest.constant ?? 2n,
      offset: rest.offset ?? 0n,
      ...(rest.at === undefined ? undefined : { at: rest.at }),
    });
  }

  arm(vcpu: number, timer: number, clock: TimerClockId, expiresNs: Ns, intervalNs: Ns = 0n): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    const about = { timer, clock, expiresNs, slackNs: 0n, intervalNs };
    return this.push({ kind: 'timer-armed', ...stamp, ...about });
  }

  /** The device of the vCPU waits for `expiresNs` on MONOTONIC; null: for nothing. */
  device(vcpu: number, expiresNs: Ns | null, deltaNs: Ns = 0n): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'device-programmed', ...stamp, expiresNs, deltaNs });
  }

  interrupt(vcpu: number, about: Partial<EventOf<'device-interrupt'>>): this {
    return this.push({
      kind: 'device-interrupt',
      ...this.stamp(this.vcpu(vcpu)),
      comparedNs: 0n,
      expired: 0,
      pending: 1,
      rounds: 1,
      hung: false,
      programmedNs: null,
      ...about,
    });
  }

  hold(vcpu: number, cause: HeldCause = 'irq-off'): this {
    return this.push({ kind: 'interrupts-held', ...this.stamp(this.vcpu(vcpu)), cause });
  }

  release(vcpu: number, cause: HeldCause = 'irq-off'): this {
    return this.push({ kind: 'interrupts-released', ...this.stamp(this.vcpu(vcpu)), cause });
  }

  idle(vcpu: number, tickStopped = true): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'vcpu-idle', ...stamp, tickStopped, pending: 1 });
  }

  /** The guest wrote a deadline, or null to disarm it. */
  deadline(vcpu: number, deadline: bigint | null, counter: bigint): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'deadline-written', ...stamp, deadline, counter });
  }

  deadlineInterrupt(vcpu: number, counter: bigint): this {
    return this.push({ kind: 'deadline-interrupt', ...this.stamp(this.vcpu(vcpu)), counter });
  }

  block(vcpu: number, hostTimerArmed: boolean, interruptPending = false): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'vcpu-blocked', ...stamp, interruptPending, hostTimerArmed });
  }

  hostRate(ratePpb: bigint): this {
    const timex = { modes: 0x2, freq: 0n };
    return this.push({ kind: 'host-ntp-adjusted', ...this.stamp({ host: 0 }), timex, ratePpb });
  }

  map(vcpu: number, timer: number, monotonicNs: Ns): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'raw-timer-mapped', ...stamp, timer, monotonicNs });
  }

  /** An absolute timer on REALTIME with TFD_TIMER_CANCEL_ON_SET. */
  watch(vcpu: number, timer: number, expiresNs: Ns): this {
    const clock = 'CLOCK_REALTIME';
    const about = {
      timer,
      clock,
      expiresNs,
      slackNs: 0n,
      intervalNs: 0n,
      cancelOnSet: true,
    } as const;
    return this.push({ kind: 'timer-armed', ...this.stamp(this.vcpu(vcpu)), ...about });
  }

  wake(vcpu: number, timer: number): this {
    return this.push({ kind: 'watcher-woken', ...this.stamp(this.vcpu(vcpu)), timer });
  }

  leap(vcpu: number, stepNs: Ns): this {
    return this.push({ kind: 'leap-applied', ...this.stamp(this.vcpu(vcpu)), stepNs });
  }

  /** The timekeeper after an update; of kvm-clock, nominal, with REALTIME at MONOTONIC. */
  core(vcpu: number, shown: Partial<EventOf<'timekeeper-published'>> = {}): this {
    const cycleLast = shown.cycleLast ?? 0n;
    return this.push({
      kind: 'timekeeper-published',
      ...this.stamp(this.vcpu(vcpu)),
      cycleLast,
      mult: MULT,
      mask: 2n ** 64n - 1n,
      shift: 23n,
      rawCycleLast: cycleLast,
      rawMask: 2n ** 64n - 1n,
      rawShift: 23n,
      offsReal: 0n,
      taiOffset: 0n,
      clockWasSetSeq: 1n,
      status: 0x40,
      ntpTick: 4_000_000n << 32n,
      ntpError: 0n,
      ...shown,
    });
  }

  cross(vcpu: number, shown: Partial<EventOf<'cross-timestamped'>>): this {
    const counter = shown.counter ?? 0n;
    return this.push({
      kind: 'cross-timestamped',
      ...this.stamp(this.vcpu(vcpu)),
      device: counter,
      counter,
      history: null,
      ret: 0,
      realtimeNs: 0n,
      rawNs: 0n,
      ...shown,
    });
  }

  /** A read inside the VM's time namespace. */
  inside(
    vcpu: number,
    clock: ClockId,
    ns: Ns,
    counter: bigint | null,
    via: ReadPath = 'syscall',
  ): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({ kind: 'namespace-read', ...stamp, clock, via, ns, counter });
  }

  armInside(vcpu: number, clock: TimerClockId, expiresNs: Ns, hostNs: Ns): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    return this.push({
      kind: 'namespace-timer-armed',
      ...stamp,
      timer: 0,
      clock,
      expiresNs,
      hostNs,
    });
  }

  cancel(vcpu: number, timer: number): this {
    return this.push({ kind: 'timer-cancelled', ...this.stamp(this.vcpu(vcpu)), timer });
  }

  fire(
    vcpu: number,
    timer: number,
    clock: TimerClockId,
    comparedNs: Ns | null,
    readNs: Ns | null = comparedNs,
    expirations = 1n,
  ): this {
    const stamp = this.stamp(this.vcpu(vcpu));
    const about = { timer, clock, comparedNs, readNs, expirations };
    return this.push({ kind: 'timer-fired', ...stamp, ...about });
  }

  accept(words: readonly string[], versions: readonly number[]): this {
    const stamp = this.stamp(this.vcpu(0));
    return this.push({ kind: 'reader-accepted', ...stamp, program: 'seqcount', words, versions });
  }

  /** A publication for lockless readers: its line is the counter itself, unless something else is said. */
  publish(version: number, about: Partial<EventOf<'data-published'>> = {}): this {
    return this.push({
      kind: 'data-published',
      ...this.stamp(this.vcpu(0)),
      program: 'seqcount',
      version,
      domain: { host: 0, vcpu: null, adjusted: 0 },
      releasedAt: 0n,
      replaces: null,
      replacedAt: null,
      line: { cycleLast: 0n, mult: 1n, base: 0n },
      maxDelta: null,
      changeAt: null,
      next: null,
      monotone: false,
      ...about,
    });
  }

  /** A read that took these versions of one word each, with a counter sample of vCPU 1. */
  use(versions: readonly number[], about: Partial<EventOf<'reader-accepted'>> = {}): this {
    return this.push({
      kind: 'reader-accepted',
      ...this.stamp(this.vcpu(1)),
      program: 'seqcount',
      words: versions.map((_, at) => `word ${at}`),
      versions,
      domain: { host: 0, vcpu: 1, adjusted: 0 },
      ...about,
    });
  }

  waited(because: string): this {
    const stamp = this.stamp(this.vcpu(1));
    return this.push({ kind: 'reader-waited', ...stamp, program: 'seqcount', because });
  }

  protected push(event: Event): this {
    this.events.push(event);
    return this;
  }

  protected vcpu(vcpu: number): VcpuActor {
    return { vm: this.vm, vcpu };
  }

  protected vmm(): VmmActor {
    return { vm: this.vm, task: 'vmm' };
  }

  protected stamp<Who>(actor: Who) {
    const { incarnation, earliestNs, latestNs } = this;
    return { actor, incarnation, earliestNs, latestNs };
  }
}
