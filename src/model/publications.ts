import { NSEC_PER_SEC } from '../contract/units.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Tells what a writer on this vCPU has published, from the inside. */
export function sayTimekeeper(vm: Vm, vcpu: Vcpu): void {
  const { timekeeper } = vm;
  const { tkrMono, tkrRaw } = timekeeper;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'timekeeper-published',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    cycleLast: tkrMono.cycleLast,
    mult: tkrMono.mult,
    mask: tkrMono.mask,
    shift: tkrMono.shift,
    rawCycleLast: tkrRaw.cycleLast,
    rawMask: tkrRaw.mask,
    rawShift: tkrRaw.shift,
    offsReal: timekeeper.offsReal,
    taiOffset: timekeeper.taiOffset,
    clockWasSetSeq: timekeeper.clockWasSetSeq,
    status: timekeeper.ntp.timeStatus,
    ntpTick: timekeeper.ntpTick,
    ntpError: timekeeper.ntpError,
  });
}

/** Tells of the leap second that the last update carried out, if it did, and whoever waits for it. */
export function sayLeap(vm: Vm, vcpu: Vcpu): void {
  const { ntp } = vm.timekeeper;
  if (ntp.leapDue === 0n) return;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'leap-applied',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    stepNs: ntp.leapDue * NSEC_PER_SEC,
  });
  ntp.leapDue = 0n;
  // The kernel leaves that to a workqueue, clock_was_set_delayed(): here it runs at once.
  if (vm.rules.leapSetsClock) wakeWatchers(vm, vcpu);
}

/**
 * Wakes who waits for the clock to be set, if REALTIME moved against MONOTONIC since they last looked;
 * they look again at once. As timerfd_clock_was_set().
 */
export function wakeWatchers(vm: Vm, vcpu: Vcpu): void {
  const { offsReal } = vm.timekeeper;
  const { guest } = vm;
  if (guest.knownOffsReal !== offsReal) {
    guest.clockSets++;
    guest.knownOffsReal = offsReal;
  }
  if (vm.watchers.size === 0) return;
  const { nowNs } = vm.world;
  for (const [timer, known] of vm.watchers) {
    if (known === offsReal) continue;
    vm.watchers.set(timer, offsReal);
    vm.emit({
      kind: 'watcher-woken',
      actor: vcpu.actor,
      incarnation: vm.incarnation,
      earliestNs: nowNs,
      latestNs: nowNs,
      timer,
    });
  }
}
