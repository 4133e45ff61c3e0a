import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import { guestResume } from './freeze.js';
import { deliverDue } from './running.js';
import type { Vm } from './vm.js';

/** An alarm that is due sooner keeps the guest from its suspend. As alarmtimer_suspend(). */
const TOO_SOON_NS: Ns = 2n * NSEC_PER_SEC;

/**
 * The guest is about to suspend itself: its RTC is to wake it for the first of the timers that do so.
 *
 * @returns why it must not suspend, if so.
 */
export function setAlarm(vm: Vm): string | undefined {
  vm.alarmAtNs = undefined;
  if (vm.persistentClock === 'none') return undefined;
  let leftNs: Ns | undefined;
  for (const vcpu of vm.vcpus) {
    const counter = vm.counter(vcpu);
    for (const { wakes, clock, expires } of vcpu.hrtimers.all()) {
      if (!wakes) continue;
      const ns = expires - vm.timekeeper.read(clock, counter);
      if (leftNs === undefined || ns < leftNs) leftNs = ns;
    }
  }
  if (leftNs === undefined) return undefined;
  if (leftNs < TOO_SOON_NS) return 'an alarm is due within 2 s';
  vm.alarmAtNs = rtcAt(vm, leftNs);
  return undefined;
}

/** True time at which the RTC shows so much more than now: one of whole seconds may be up to one early. */
function rtcAt(vm: Vm, leftNs: Ns): Ns {
  const { nowNs } = vm.world;
  if (vm.persistentClock !== 'seconds') return nowNs + leftNs;
  const shown = (nowNs / NSEC_PER_SEC) * NSEC_PER_SEC;
  return ceilDivide(shown + leftNs, NSEC_PER_SEC) * NSEC_PER_SEC;
}

/** The RTC interrupts: the guest resumes, and its timers are due or about to be. @returns as deliverDue(). */
export function ringAlarm(vm: Vm): number {
  vm.alarmAtNs = undefined;
  const [first] = vm.vcpus;
  if (first === undefined) return 0;
  guestResume(vm, first);
  return vm.vcpus.reduce((sum, vcpu) => sum + deliverDue(vm, vcpu), 0);
}
