import { clockWasSet } from './programming.js';
import { sayTimekeeper, wakeWatchers } from './publications.js';
import { step } from './stepping.js';

import { restartTick, wake } from './tick-sched.js';
import { nsToTimespec } from './timespec.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/**
 * Takes every operation that is under way to its end, writers first: tasks freeze between
 * operations. False: one can not end, as its vCPU is stopped.
 */
export function finishOperations(vm: Vm): boolean {
  for (const writersOnly of [true, false]) {
    for (const vcpu of vm.vcpus) {
      if (!vcpu.running || vcpu.operation === undefined) continue;
      if (!writersOnly || vcpu === vm.lockHolder) step(vm, vcpu, Number.POSITIVE_INFINITY);
    }
  }
  return vm.vcpus.every((vcpu) => vcpu.operation === undefined);
}

/**
 * The guest's handler of a freeze: tasks stop, the timekeeper is suspended. Twice is once; a guest
 * that sleeps already has nothing to do.
 */
export function freeze(vm: Vm): void {
  const [first] = vm.vcpus;
  if (first === undefined || vm.frozenAtNs !== undefined || !finishOperations(vm)) return;
  vm.frozenAtNs = vm.world.nowNs;
  if (vm.timekeeper.suspended) return;
  vm.frozeTimekeeper = true;
  guestSuspend(vm, first);
}

/**
 * The guest's handler of a thaw: the host tells for how long it was frozen, and neither the counter
 * nor the persistent clock is asked, which another host may have moved.
 */
export function thaw(vm: Vm): void {
  const [first] = vm.vcpus;
  const { frozenAtNs } = vm;
  if (first === undefined || frozenAtNs === undefined) return;
  vm.frozenAtNs = undefined;
  if (!vm.frozeTimekeeper) return;
  vm.frozeTimekeeper = false;
  vm.timekeeper.resumeTold(vm.counter(first), nsToTimespec(vm.world.nowNs - frozenAtNs));
  sayResumed(vm, first);
}

/** The guest's own suspend, to its persistent clock or nonstop counter. */
export function guestSuspend(vm: Vm, vcpu: Vcpu): void {
  // Tasks freeze and vCPUs go offline before: none is idle.
  for (const each of vm.vcpus) {
    if (!each.halted) continue;
    wake(vm, each);
    restartTick(vm, each);
  }
  vm.timekeeper.suspend(vm.counter(vcpu), vm.persistentNow());
  saySuspended(vm, vcpu);
}

export function guestResume(vm: Vm, vcpu: Vcpu): void {
  vm.alarmAtNs = undefined;
  vm.timekeeper.resume(vm.counter(vcpu), vm.persistentNow());
  sayResumed(vm, vcpu);
}

function saySuspended(vm: Vm, vcpu: Vcpu): void {
  vm.words.version++;
  clockWasSet(vm);
  vm.emit({
    kind: 'guest-suspended',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
  sayTimekeeper(vm, vcpu);
}

function sayResumed(vm: Vm, vcpu: Vcpu): void {
  vm.words.version++;
  vm.emit({
    kind: 'guest-resumed',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
  sayTimekeeper(vm, vcpu);
  wakeWatchers(vm, vcpu);
  clockWasSet(vm);
}
