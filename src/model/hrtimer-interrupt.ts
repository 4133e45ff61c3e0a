import type { Ns } from '../contract/units.js';
import { sayHold } from './hold.js';
import { type Hrtimer, SCHED_TICK } from './hrtimer.js';
import { type Kind, Operation } from './operation.js';
import { deviceChanged, forceReprogram, monotonicOn, offsetIn } from './programming.js';
import { enqueueRaw } from './raw-timers.js';
import { restartTick, schedTick, wake } from './tick-sched.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

type CallbackKind = Extract<Kind, { kind: 'callback' }>;

/** After so many rounds in which something is always due again the handler gives up for a while. */
const MAX_ROUNDS = 3;

/** A period counts as so many ticks where an `elapse` is cut: what a short one shows, a few have shown. */
const TICKS_PER_PERIOD = 10;

/** So many callbacks are taken for one that would go on for ever: a timer of which each period is made up for. */
const MAX_CALLBACKS = 1_000;

/**
 * The device interrupted: runs what is due by the clock, however early or late the device was, and
 * programs it for the rest. As hrtimer_interrupt().
 *
 * @returns how often something came that will come again: ticks that kept time, and periods.
 */
export function hrtimerInterrupt(vm: Vm, vcpu: Vcpu): number {
  const wasHalted = vcpu.halted;
  if (wasHalted) wake(vm, vcpu);
  const comparedNs = monotonicOn(vm, vcpu);
  const found = { expired: 0, again: 0, stopped: undefined, wasStopped: false, wasHalted };
  return handle(vm, vcpu, comparedNs, found);
}

/** The handler, from its first round on, or after a callback that it was stopped in. @returns as hrtimerInterrupt() */
function handle(vm: Vm, vcpu: Vcpu, comparedNs: Ns, found: Found): number {
  let rounds = 0;
  let isPast = true;
  let now = comparedNs;
  while (isPast && rounds < MAX_ROUNDS) {
    if (rounds > 0) now = monotonicOn(vm, vcpu);
    rounds++;
    runDue(vm, vcpu, now, found);
    if (found.stopped !== undefined) {
      stopInCallback(vm, vcpu, comparedNs, found);
      return found.again;
    }
    // Who keeps time has changed what the clock shows, and time has passed in a callback that was stopped.
    if (found.again > 0 || found.wasStopped) now = monotonicOn(vm, vcpu);
    const next = vcpu.hrtimers.nextEvent(offsetIn(vm, now));
    isPast = next !== undefined && next <= now;
  }
  if (found.expired > 0 || vm.rules.earlyInterruptIsReprogrammed) forceReprogram(vm, vcpu, now);
  else forgetDevice(vm, vcpu);
  if (isPast) hang(vm, vcpu);
  if (found.wasHalted) restartTick(vm, vcpu);
  sayInterrupt(vm, vcpu, comparedNs, found.expired, rounds, isPast);
  return found.again;
}

/** What an interrupt has come to so far. */
interface Found {
  /** Timers that were due. */
  expired: number;
  /** As hrtimerInterrupt() returns it. */
  again: number;
  /** The one in whose callback the vCPU is preempted, and what its expiry was compared with. */
  stopped: { readonly timer: Hrtimer; readonly dueNs: Ns } | undefined;
  /** It goes on after such a callback. */
  readonly wasStopped: boolean;
  /** The interrupt ended a halt. */
  readonly wasHalted: boolean;
}

/** The vCPU is preempted in a callback: what else is due, and the device, wait until that is through. */
function stopInCallback(vm: Vm, vcpu: Vcpu, comparedNs: Ns, found: Found): void {
  const { stopped, expired, wasHalted } = found;
  if (stopped === undefined) return;
  forgetDevice(vm, vcpu);
  const of = { kind: 'callback', comparedNs, expired, wasHalted, ...stopped } as const;
  vcpu.operation = new Operation(of, vm.world.nowNs);
  if (vcpu.preempted) return;
  vcpu.preempted = true;
  sayHold(vm, vcpu, 'interrupts-held', 'preempted');
}

/** The callback goes on, and with it the interrupt that it was called by. */
export function endCallback(vm: Vm, vcpu: Vcpu, of: CallbackKind, beganNs: Ns): void {
  fire(vm, vcpu, of.timer, of.dueNs, beganNs);
  const { expired, wasHalted, comparedNs } = of;
  const found = { expired, again: 0, stopped: undefined, wasStopped: true, wasHalted };
  handle(vm, vcpu, comparedNs, found);
}

/** Time stands still in a handler of the model: what it spent, for which the device is put off, is the shortest delta. */
function hang(vm: Vm, vcpu: Vcpu): void {
  const now = monotonicOn(vm, vcpu);
  vcpu.clockevent.program(now, now, vm.wideCounter(vcpu));
  deviceChanged(vm, vcpu);
}

function forgetDevice(vm: Vm, vcpu: Vcpu): void {
  vcpu.clockevent.shutdown();
  deviceChanged(vm, vcpu);
}

/** One round: all that is due at one reading of the clock. As __hrtimer_run_queues(). */
function runDue(vm: Vm, vcpu: Vcpu, now: Ns, found: Found): void {
  const offset = offsetIn(vm, now);
  for (let callbacks = 0; callbacks < MAX_CALLBACKS; callbacks++) {
    const due = vcpu.hrtimers.takeDue(now, offset);
    if (due === undefined) return;
    if (due.timer === SCHED_TICK) {
      found.expired++;
      if (schedTick(vm, vcpu, due.expires, now)) found.again++;
    } else if (isEarlyOnRaw(vm, vcpu, due)) enqueueRaw(vm, vcpu, due);
    else {
      found.expired++;
      if (due.intervalNs > 0n) found.again += TICKS_PER_PERIOD;
      const dueNs = now + offset(due.base);
      if (due.stopsInCallback === true) {
        found.stopped = { timer: due, dueNs };
        return;
      }
      fire(vm, vcpu, due, dueNs, vm.world.nowNs);
    }
  }
}

/** MONOTONIC ran faster than when the timer was converted: RAW, compared at last, is not there yet. */
function isEarlyOnRaw(vm: Vm, vcpu: Vcpu, { clock, rawNs }: Hrtimer): boolean {
  if (clock !== 'CLOCK_MONOTONIC_RAW' || !vm.rawTimers.compared) return false;
  return vm.timekeeper.raw(vm.counter(vcpu)) < rawNs;
}

/** The callback: it reads its own clock first, and a timer with a period is queued for the next. */
function fire(vm: Vm, vcpu: Vcpu, timer: Hrtimer, dueNs: Ns, beganNs: Ns): void {
  const { nowNs } = vm.world;
  const { clock, intervalNs } = timer;
  const counter = vm.counter(vcpu);
  const readNs = vm.timekeeper.read(clock, counter);
  const comparedNs = clock === 'CLOCK_MONOTONIC_RAW' ? comparedOnRaw(vm, readNs) : dueNs;
  const periods = intervalNs === 0n ? 1n : periodsAt(timer, comparedNs ?? readNs);
  vm.emit({
    kind: 'timer-fired',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: beganNs,
    latestNs: nowNs,
    timer: timer.timer,
    clock,
    comparedNs,
    readNs,
    expirations: vm.rules.periodsReported(vm.rules.periodsForwarded(periods)),
    ...(clock === 'CLOCK_REALTIME' ? { readTaiNs: vm.timekeeper.tai(counter) } : undefined),
  });
  if (intervalNs > 0n) forward(vm, vcpu, timer, vm.rules.periodsForwarded(periods));
}

function comparedOnRaw(vm: Vm, readNs: Ns): Ns | null {
  return vm.rawTimers.compared ? readNs : null;
}

/** What it expires at, on the clock that it was armed on. */
function expiryOf({ clock, rawNs, expires }: Hrtimer): Ns {
  return clock === 'CLOCK_MONOTONIC_RAW' ? rawNs : expires;
}

/** Periods that have passed when its clock shows `now`: one more than the overruns. */
function periodsAt(timer: Hrtimer, now: Ns): bigint {
  const late = now - expiryOf(timer);
  return late < 0n ? 1n : late / timer.intervalNs + 1n;
}

/** Queues it for a later period. As hrtimer_forward(). */
function forward(vm: Vm, vcpu: Vcpu, timer: Hrtimer, periods: bigint): void {
  const next = expiryOf(timer) + periods * timer.intervalNs;
  if (timer.clock === 'CLOCK_MONOTONIC_RAW') enqueueRaw(vm, vcpu, { ...timer, rawNs: next });
  else vcpu.hrtimers.enqueue({ ...timer, softexpires: next, expires: next });
}

function sayInterrupt(
  vm: Vm,
  vcpu: Vcpu,
  comparedNs: Ns,
  expired: number,
  rounds: number,
  isHung: boolean,
): void {
  if (!vcpu.hrtimers.hasTimers && expired > 0) return;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'device-interrupt',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    comparedNs,
    expired,
    pending: vcpu.hrtimers.size,
    rounds,
    hung: isHung,
    programmedNs: vcpu.clockevent.deadline === undefined ? null : vcpu.clockevent.deltaNs,
  });
}
