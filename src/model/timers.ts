import type { TimerClockId } from '../contract/clock.js';
import type { TimerArmed } from '../contract/event.js';
import type { CommandOf, TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import type { Hrtimer } from './hrtimer.js';
import { reprogram } from './programming.js';
import { enqueueRaw } from './raw-timers.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/**
 * As timer_settime(2), timerfd_settime(2) or hrtimer_start(): a timer that is queued anywhere is
 * queued anew here. One with a period has no slack, and one that wakes neither.
 */
export function arm(vm: Vm, vcpu: Vcpu, command: CommandOf<'arm'>): string | undefined {
  const { timer, relative, intervalNs = 0n } = command;
  if (isInCallback(vm, timer)) return 'its callback is running';
  dequeue(vm, timer);
  const wakes = command.wakes === true && isAlarmClock(command.clock);
  // The alarms of REALTIME stay on it, relative or not: alarm_timer_arm().
  const clock = relative && !wakes ? relativeClock(command.clock) : command.clock;
  const slackNs = intervalNs > 0n || wakes ? 0n : command.slackNs;
  const isInside = command.inNamespace === true && vm.timens !== undefined && !relative;
  let expiresNs = isInside
    ? vm.rules.timensToHost(clock, max(command.expiresNs, 0n), vm.timens)
    : command.expiresNs;
  if (relative) expiresNs += vm.timekeeper.read(clock, vm.counter(vcpu));
  // As timerfd_settime(2): of a relative timer and on another clock the flag says nothing.
  const isWatched = command.cancelOnSet === true && clock === 'CLOCK_REALTIME' && !relative;
  const { nowNs } = vm.world;
  const armed: TimerArmed = {
    kind: 'timer-armed',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
    clock,
    expiresNs,
    slackNs,
    intervalNs,
  };
  if (wakes) vm.emit(isWatched ? { ...armed, wakes, cancelOnSet: true } : { ...armed, wakes });
  else vm.emit(isWatched ? { ...armed, cancelOnSet: true } : armed);
  if (isWatched) vm.watchers.set(timer, vm.timekeeper.offsReal);
  if (isInside) sayInside(vm, vcpu, command, expiresNs);
  const stops = command.stopInCallback === true;
  enqueue(vm, vcpu, { timer, clock, intervalNs, wakes }, expiresNs, slackNs, stops);
  reprogram(vm, vcpu);
  return undefined;
}

/** Who sets a timer waits for its callback to end. As timer_wait_running(). */
export function isInCallback(vm: Vm, timer: TimerId): boolean {
  return vm.vcpus.some(
    ({ operation }) => operation?.of.kind === 'callback' && operation.of.timer.timer === timer,
  );
}

function enqueue(
  vm: Vm,
  vcpu: Vcpu,
  { timer, clock, intervalNs, wakes }: Pick<Hrtimer, 'timer' | 'clock' | 'intervalNs' | 'wakes'>,
  softexpires: Ns,
  slackNs: Ns,
  stops: boolean,
): void {
  const isRaw = clock === 'CLOCK_MONOTONIC_RAW';
  // Field by field: a spread costs as much as all else that arming does.
  const queued: Hrtimer = {
    timer,
    clock,
    base: isRaw ? 'CLOCK_MONOTONIC' : clock,
    softexpires,
    expires: softexpires + slackNs,
    intervalNs,
    rawNs: isRaw ? softexpires : 0n,
    wakes,
  };
  const stopping: Hrtimer = stops ? { ...queued, stopsInCallback: true } : queued;
  if (isRaw) enqueueRaw(vm, vcpu, stopping);
  else vcpu.hrtimers.enqueue(stopping);
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

/** The clocks that alarm timers are on: CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM. */
function isAlarmClock(clock: TimerClockId): boolean {
  return clock === 'CLOCK_REALTIME' || clock === 'CLOCK_BOOTTIME';
}

/** A relative timer is not moved by a clock_settime(2): on REALTIME and TAI it is a MONOTONIC one. */
function relativeClock(clock: TimerClockId): TimerClockId {
  return clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI' ? 'CLOCK_MONOTONIC' : clock;
}

/** @returns why it was not, if so. */
export function cancel(vm: Vm, vcpu: Vcpu, timer: TimerId): string | undefined {
  if (isInCallback(vm, timer)) return 'its callback is running';
  if (!dequeue(vm, timer)) return 'the timer is not armed';
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'timer-cancelled',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer,
  });
  return undefined;
}

function dequeue(vm: Vm, timer: TimerId): boolean {
  vm.watchers.delete(timer);
  for (const vcpu of vm.vcpus) {
    if (vcpu.hrtimers.remove(timer) === undefined) continue;
    reprogram(vm, vcpu);
    return true;
  }
  return false;
}
