import { WATCHDOG_NAMES, WATCHDOGS, type WatchdogName } from '../contract/consumer.js';
import type { CommandOf } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { Touches } from './guest-state.js';
import { monotonicOn } from './programming.js';
import { keptFromTasks } from './signs.js';
import { wakeForTask } from './tick-sched.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** A boot counts as a touch of every watchdog. */
export function startWatchdogs(vm: Vm): void {
  for (const vcpu of vm.vcpus) touchAll(vm, vcpu);
}

/** Whoever is watched says that it lives, or the watchdog looks. @returns why not, if so. */
export function touchOrCheck(
  vm: Vm,
  vcpu: Vcpu,
  { kind, watchdog }: CommandOf<'touch-watchdog' | 'check-watchdog'>,
): string | undefined {
  const kept = keptFromTasks(vm, vcpu);
  if (kept !== undefined) return kept;
  wakeForTask(vm, vcpu);
  if (kind === 'touch-watchdog') touch(vm, vcpu, watchdog);
  else check(vm, vcpu, watchdog);
  return undefined;
}

/** A guest that resumes has been away: as touch_softlockup_watchdog() of timekeeping_resume() and tick_unfreeze(). */
export function touchSoftlockups(vm: Vm): void {
  for (const vcpu of vm.vcpus) touch(vm, vcpu, 'softlockup');
}

function touch(vm: Vm, vcpu: Vcpu, watchdog: WatchdogName): void {
  touchesOf(vm, vcpu)[watchdog] = clockOf(vm, vcpu, watchdog);
  vm.emit({
    kind: 'watchdog-touched',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    watchdog,
  });
}

function check(vm: Vm, vcpu: Vcpu, watchdog: WatchdogName): void {
  const { thresholdNs, listensToGuestStopped } = WATCHDOGS[watchdog];
  const forgave = listensToGuestStopped && vm.clocks.takeGuestStopped(vcpu);
  const elapsedNs = clockOf(vm, vcpu, watchdog) - touchesOf(vm, vcpu)[watchdog];
  if (forgave) forgive(vm, vcpu);
  vm.emit({
    kind: 'watchdog-checked',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    watchdog,
    elapsedNs,
    thresholdNs,
    forgave,
    fired: !forgave && elapsedNs > thresholdNs,
  });
}

/** PVCLOCK_GUEST_STOPPED was seen, and is cleared: all that listen to it begin anew. As pvclock_touch_watchdogs(). */
function forgive(vm: Vm, vcpu: Vcpu): void {
  const touches = touchesOf(vm, vcpu);
  for (const name of WATCHDOG_NAMES) {
    if (WATCHDOGS[name].listensToGuestStopped) touches[name] = clockOf(vm, vcpu, name);
  }
}

function clockOf(vm: Vm, vcpu: Vcpu, watchdog: WatchdogName): Ns {
  return WATCHDOGS[watchdog].clock === 'scheduler'
    ? vm.clocks.schedulerClock(vcpu)
    : monotonicOn(vm, vcpu);
}

function touchesOf(vm: Vm, vcpu: Vcpu): Touches {
  return vm.guest.touches.get(vcpu.actor.vcpu) ?? touchAll(vm, vcpu);
}

function touchAll(vm: Vm, vcpu: Vcpu): Touches {
  const scheduler = vm.clocks.schedulerClock(vcpu);
  const monotonic = monotonicOn(vm, vcpu);
  const touches: Touches = {
    softlockup: scheduler,
    'rcu-stall': monotonic,
    'hung-task': monotonic,
    lease: monotonic,
  };
  vm.guest.touches.set(vcpu.actor.vcpu, touches);
  return touches;
}
