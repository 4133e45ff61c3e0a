import type { Cycles } from '../contract/units.js';
import { sayLeap, sayTimekeeper } from './publications.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** A tick that nobody interrupts: samples and publishes at one instant. */
export function tickDirect(vm: Vm, vcpu: Vcpu): void {
  if (!sample(vm, vcpu)) return;
  vm.timekeeper.publishTick();
  vm.words.version++;
  sayPublished(vm, vcpu);
}

/** First half of a tick, on the shadow copy; false: there is nothing to publish. */
export function sample(vm: Vm, vcpu: Vcpu): boolean {
  const counter = vm.counter(vcpu);
  const { mult } = vm.timekeeper.tkrMono;
  if (!vm.timekeeper.sampleTick(counter)) return false;
  saySampled(vm, vcpu, counter, mult);
  return true;
}

/** `mult` is what was in force at the sample. */
export function saySampled(vm: Vm, vcpu: Vcpu, counter: Cycles, mult: bigint): void {
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'tick-sampled',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    counter,
    mult,
  });
}

export function sayPublished(vm: Vm, vcpu: Vcpu): void {
  const { mult, cycleLast } = vm.timekeeper.tkrMono;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'tick-published',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    counter: vm.counter(vcpu),
    mult,
    cycleLast,
  });
  sayLeap(vm, vcpu);
  sayTimekeeper(vm, vcpu);
}
