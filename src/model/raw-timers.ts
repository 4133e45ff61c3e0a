import type { RawTimers } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import { ceilDivide } from '../math/u64.js';
import type { Hrtimer } from './hrtimer.js';
import { monotonicOn, reprogram } from './programming.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Of a machine that says nothing else: what seed 003 would build. */
export const PLAIN_RAW_TIMERS: RawTimers = { mapped: 'at-each-tick', compared: true };

/**
 * MONOTONIC when RAW will show `rawNs`, should the multiplier stay what it is: RAW's has been the
 * nominal one all along, and both clocks count from one cycle (seed 003). Rounded up, so that
 * what lies ahead stays ahead.
 */
export function rawToMonotonic(vm: Vm, vcpu: Vcpu, rawNs: Ns): Ns {
  const { tkrMono, tkrRaw } = vm.timekeeper;
  const ahead = rawNs - vm.timekeeper.raw(vm.counter(vcpu));
  return monotonicOn(vm, vcpu) + ceilDivide(ahead * tkrMono.mult, tkrRaw.mult);
}

/** Queues a RAW timer by what its expiry is on MONOTONIC now. */
export function enqueueRaw(vm: Vm, vcpu: Vcpu, timer: Hrtimer): void {
  const softexpires = rawToMonotonic(vm, vcpu, timer.rawNs);
  const slackNs = timer.expires - timer.softexpires;
  vcpu.hrtimers.enqueue({ ...timer, softexpires, expires: softexpires + slackNs });
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'raw-timer-mapped',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timer: timer.timer,
    monotonicNs: softexpires,
  });
}

/** The tick of a vCPU evaluates its RAW timers anew: until the next one the multiplier is stable, but for adjtimex(2). */
export function remapRaw(vm: Vm, vcpu: Vcpu): void {
  if (!vcpu.hrtimers.hasRaw || vm.rawTimers.mapped === 'once') return;
  for (const timer of [...vcpu.hrtimers.all()]) {
    if (timer.clock === 'CLOCK_MONOTONIC_RAW') enqueueRaw(vm, vcpu, timer);
  }
  reprogram(vm, vcpu);
}
