import type { HrtimerClockId } from '../contract/clock.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import type { ClockOffset } from './hrtimer.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/**
 * What a clock is ahead of MONOTONIC when it shows `now`, as the timer bases see it: a leap second
 * that is due is in REALTIME's already, also before the tick applies it. As
 * ktime_get_update_offsets_now().
 */
export function offsetIn(vm: Vm, now: Ns): ClockOffset {
  const { offsReal, offsBoot, offsTai, nextLeapKtime } = vm.timekeeper;
  return (clock: HrtimerClockId) => {
    if (clock === 'CLOCK_BOOTTIME') return offsBoot;
    if (clock === 'CLOCK_TAI') return offsTai;
    if (clock !== 'CLOCK_REALTIME') return 0n;
    return now >= nextLeapKtime && vm.rules.timersForeseeLeap ? offsReal - NSEC_PER_SEC : offsReal;
  };
}

/** MONOTONIC on that vCPU. */
export function monotonicOn(vm: Vm, vcpu: Vcpu): Ns {
  return vm.timekeeper.monotonic(vm.counter(vcpu));
}

/**
 * The first timer of a vCPU may be another one: the device is programmed for it, unless it waits for
 * that instant already. As hrtimer_reprogram().
 */
export function reprogram(vm: Vm, vcpu: Vcpu): void {
  const { clockevent, hrtimers } = vcpu;
  if (isInHandler(vcpu)) return;
  if (clockevent.deadline !== undefined && !vm.timekeeper.suspended) {
    const next = hrtimers.nextEvent(offsetIn(vm, monotonicOn(vm, vcpu)));
    if (next === clockevent.nextEvent) {
      sayDevice(vm, vcpu);
      return;
    }
  }
  forceReprogram(vm, vcpu);
}

/** It was stopped in a callback, whose handler programs the device as it ends. As `in_hrtirq`. */
function isInHandler({ operation }: Vcpu): boolean {
  return operation?.of.kind === 'callback';
}

/** Programs the device of a vCPU for its first timer, or shuts it down. As hrtimer_force_reprogram(). */
export function forceReprogram(vm: Vm, vcpu: Vcpu, now: Ns = monotonicOn(vm, vcpu)): void {
  const { clockevent, hrtimers } = vcpu;
  if (hrtimers.isEmpty && clockevent.deadline === undefined) return;
  const next = vm.timekeeper.suspended ? undefined : hrtimers.nextEvent(offsetIn(vm, now));
  if (next === undefined) clockevent.shutdown();
  else clockevent.program(next, now, vm.wideCounter(vcpu));
  deviceChanged(vm, vcpu);
  // Also where it waits for the same instant as before: it has begun to count anew.
  if (next !== undefined) vcpu.saidDeltaNs = -1n;
  sayDevice(vm, vcpu);
}

/** The device was programmed or shut down: works out when it interrupts, and tells a host that emulates it. */
export function deviceChanged(vm: Vm, vcpu: Vcpu): void {
  vm.findDueOf(vcpu);
  const { deadline } = vcpu.clockevent;
  if (vm.deadlineTimer === undefined || deadline === vcpu.saidDeadline) return;
  vcpu.saidDeadline = deadline;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'deadline-written',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    deadline: deadline === undefined ? null : u64(deadline),
    counter: u64(vm.wideCounter(vcpu)),
  });
}

/**
 * Every vCPU looks at its timers again: REALTIME or BOOTTIME stepped, or the guest resumed. One that is
 * stopped does when it goes on: it is asked to by an interrupt. As clock_was_set().
 */
export function clockWasSet(vm: Vm): void {
  for (const vcpu of vm.vcpus) {
    if (!vcpu.running) vcpu.owesReprogram = true;
    else if (!isInHandler(vcpu)) forceReprogram(vm, vcpu);
  }
}

/** Tells what the device waits for, where that is new and a timer of the schedule may hang on it. */
export function sayDevice(vm: Vm, vcpu: Vcpu): void {
  const { nextEvent = null, deltaNs } = vcpu.clockevent;
  if (nextEvent !== null && !vcpu.hrtimers.hasTimers) return;
  if (nextEvent === vcpu.saidNextEvent && deltaNs === vcpu.saidDeltaNs) return;
  vcpu.saidNextEvent = nextEvent;
  vcpu.saidDeltaNs = deltaNs;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'device-programmed',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    expiresNs: nextEvent,
    deltaNs,
  });
}
