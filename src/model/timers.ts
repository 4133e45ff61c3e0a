import type { TimerClockId } from '../contract/clock.js';
import type { CommandOf, TimerId } from '../contract/schedule.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import { type Hrtimer, SCHED_TICK } from './hrtimer.js';
import { tickDirect } from './ticks.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/**
 * What a clock is ahead of MONOTONIC when it shows `now`, as the timer bases see it: a leap second
 * that is due is in REALTIME's already, also before the tick applies it. As
 * ktime_get_update_offsets_now().
 */
function offsetIn(vm: Vm, now: Ns): (clock: TimerClockId) => Ns {
  const { offsReal, offsBoot, offsTai, nextLeapKtime } = vm.timekeeper;
  return (clock) => {
    if (clock === 'CLOCK_BOOTTIME') return offsBoot;
    if (clock === 'CLOCK_TAI') return offsTai;
    if (clock !== 'CLOCK_REALTIME') return 0n;
    return now >= nextLeapKtime ? offsReal - NSEC_PER_SEC : offsReal;
  };
}

/** Programs the device of a vCPU for its first timer, or shuts it down. As hrtimer_reprogram(). */
export function reprogram(vm: Vm, vcpu: Vcpu): void {
  if (vcpu.hrtimers.isEmpty && vcpu.clockevent.deadline === undefined) return;
  const now = vm.timekeeper.monotonic(vm.counter(vcpu));
  const next = vm.timekeeper.suspended ? undefined : vcpu.hrtimers.nextEvent(offsetIn(vm, now));
  if (next === undefined) vcpu.clockevent.shutdown();
  else vcpu.clockevent.program(next - now, vm.wideCounter(vcpu));
  vm.findDueOf(vcpu);
}

/** Every vCPU looks at its timers again: REALTIME or BOOTTIME stepped, or the guest resumed. As clock_was_set(). */
export function clockWasSet(vm: Vm): void {
  for (const vcpu of vm.vcpus) reprogram(vm, vcpu);
}

/** As timer_settime(2) or hrtimer_start(): a timer that is queued anywhere is queued anew here. */
export function arm(vm: Vm, vcpu: Vcpu, command: CommandOf<'arm'>): undefined {
  const { timer, slackNs, relative } = command;
  dequeue(vm, timer);
  const clock = relative ? relativeClock(command.clock) : command.clock;
  const isInside = command.inNamespace === true && vm.timens !== undefined && !relative;
  let softexpires = isInside
    ? vm.rules.timensToHost(clock, max(command.expiresNs, 0n), vm.timens)
    : command.expiresNs;
  if (relative) softexpires += vm.timekeeper.read(clock, vm.counter(vcpu));
  // As timerfd_settime(2): of a relative timer and on another clock the flag says nothing.
  const cancelOnSet =
    command.cancelOnSet === true && clock === 'CLOCK_REALTIME' ? { cancelOnSet: true } : undefined;
  vcpu.hrtimers.enqueue({ timer, clock, softexpires, expires: softexpires + slackNs });
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'timer-armed',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
    clock,
    expiresNs: softexpires,
    slackNs,
    intervalNs: 0n,
    ...cancelOnSet,
  });
  if (cancelOnSet !== undefined) {
    vm.watchers = new Map(vm.watchers).set(timer, vm.timekeeper.offsReal);
  }
  if (isInside) sayInside(vm, vcpu, command, softexpires);
  reprogram(vm, vcpu);
}

function sayInside(vm: Vm, vcpu: Vcpu, { timer, clock, expiresNs }: CommandOf<'arm'>, hostNs: Ns) {
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'namespace-timer-armed',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
    clock,
    expiresNs,
    hostNs,
  });
}

/** A relative timer is not moved by a clock_settime(2): on REALTIME and TAI it is a MONOTONIC one. */
function relativeClock(clock: TimerClockId): TimerClockId {
  return clock === 'CLOCK_BOOTTIME' ? clock : 'CLOCK_MONOTONIC';
}

/** Whether the timer was queued. */
export function cancel(vm: Vm, vcpu: Vcpu, timer: TimerId): boolean {
  if (!dequeue(vm, timer)) return false;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'timer-cancelled',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
  });
  return true;
}

function dequeue(vm: Vm, timer: TimerId): boolean {
  if (vm.watchers.has(timer)) {
    vm.watchers = new Map([...vm.watchers].filter(([watched]) => watched !== timer));
  }
  for (const vcpu of vm.vcpus) {
    if (!vcpu.hrtimers.remove(timer)) continue;
    reprogram(vm, vcpu);
    return true;
  }
  return false;
}

/**
 * The device interrupted: runs what is due by the clock, however early or late the device was, and
 * programs it for the rest. As hrtimer_interrupt().
 *
 * @returns how many ticks it made.
 */
export function hrtimerInterrupt(vm: Vm, vcpu: Vcpu): number {
  const now = vm.timekeeper.monotonic(vm.counter(vcpu));
  let offset = offsetIn(vm, now);
  let ticks = 0;
  for (;;) {
    const due = vcpu.hrtimers.takeDue(now, offset);
    if (due === undefined) break;
    if (due.timer === SCHED_TICK) {
      ticks++;
      // Another vCPU that was stopped in its tick holds the lock: it has accounted for the time.
      if (vm.lockHolder === undefined) tickDirect(vm, vcpu);
      offset = offsetIn(vm, now);
      vcpu.hrtimers.enqueue(tickAfter(vm, due.expires, now));
    } else fire(vm, vcpu, due, now + offset(due.clock));
  }
  reprogram(vm, vcpu);
  return ticks;
}

/** The callback: it reads its own clock first. */
function fire(vm: Vm, vcpu: Vcpu, { timer, clock }: Hrtimer, comparedNs: Ns): void {
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'timer-fired',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
    clock,
    comparedNs,
    readNs: vm.timekeeper.read(clock, vm.counter(vcpu)),
    expirations: 1n,
  });
}

/** Starts the tick of the vCPU that keeps time. As tick_setup_sched_timer(). */
export function startTick(vm: Vm): void {
  const keeper = vm.vcpus[0];
  if (keeper === undefined) return;
  const now = vm.timekeeper.monotonic(vm.counter(keeper));
  keeper.hrtimers.enqueue(tickAfter(vm, now, now));
  reprogram(vm, keeper);
}

/** The next tick after `now` on the grid of `expires`. As hrtimer_forward(). */
function tickAfter(vm: Vm, expires: Ns, now: Ns): Hrtimer {
  const tickNs = NSEC_PER_SEC / BigInt(vm.world.machine.hz);
  const next = expires + ((now - expires) / tickNs + 1n) * tickNs;
  return { timer: SCHED_TICK, clock: 'CLOCK_MONOTONIC', softexpires: next, expires: next };
}
