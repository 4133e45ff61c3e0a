import type { Ns } from '../contract/units.js';
import type { Freeze } from './designs/design.js';
import { clockWasSet } from './programming.js';
import { sayTimekeeper, wakeWatchers } from './publications.js';
import { step } from './stepping.js';
import { restartTick, wake } from './tick-sched.js';
import { nsToTimespec, timespecToNs } from './timespec.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';
import { touchSoftlockups } from './watchdogs.js';

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

/** The freeze of a design that says nothing else: the guest is told how long it lasted, and forgets NTP's state. */
const PLAIN_FREEZE: Freeze = { freezes: true, length: 'told', clearsNtp: true };

/** The host asks the guest to freeze. To ask twice changes nothing. */
export function requestFreeze(vm: Vm): void {
  const { nowNs: earliestNs } = vm.world;
  const { actor, incarnation } = vm;
  vm.emit({ kind: 'freeze-requested', actor, incarnation, earliestNs, latestNs: earliestNs });
  vm.guest.isAskedToFreeze = true;
  freezeIfAsked(vm);
}

/** What kept a vCPU from its interrupts is over: a freeze that was asked for meanwhile comes now. */
export function freezeIfAsked(vm: Vm): void {
  if (vm.guest.isAskedToFreeze && vm.vcpus.every(({ hold }) => hold === undefined)) freeze(vm);
}

/**
 * The guest's handler of a freeze: tasks stop, the timekeeper is suspended. Twice is once; a guest
 * that sleeps already has nothing to do, and one with a task that does not freeze does nothing.
 */
function freeze(vm: Vm): void {
  const [first] = vm.vcpus;
  const { freezes } = vm.design.guest?.freeze ?? PLAIN_FREEZE;
  if (first === undefined || !freezes) return;
  if (vm.frozenAtNs !== undefined || !finishOperations(vm)) return;
  vm.frozenAtNs = vm.world.nowNs;
  vm.guest.freezes++;
  if (!vm.timekeeper.suspended) {
    vm.frozeTimekeeper = true;
    vm.guest.frozeAtPersistentNs = timespecToNs(vm.persistentNow());
    guestSuspend(vm, first);
  }
  say(vm, first, 'freeze-acknowledged');
}

/** The host calls a freeze off that was not acknowledged: nothing has been, and nothing will be. */
export function abortFreeze(vm: Vm): void {
  const { nowNs: earliestNs } = vm.world;
  const { actor, incarnation } = vm;
  vm.emit({ kind: 'freeze-aborted', actor, incarnation, earliestNs, latestNs: earliestNs });
  vm.guest.isAskedToFreeze = false;
}

/**
 * The guest's handler of a thaw: the host tells for how long it was frozen, and neither the counter
 * nor the persistent clock is asked, which another host may have moved. A guest that is not told asks
 * them, as any that resumes.
 */
export function thaw(vm: Vm): void {
  const [first] = vm.vcpus;
  const { frozenAtNs } = vm;
  vm.guest.isAskedToFreeze = false;
  if (first === undefined || frozenAtNs === undefined) return;
  vm.frozenAtNs = undefined;
  if (vm.frozeTimekeeper) {
    vm.frozeTimekeeper = false;
    const { length, clearsNtp } = vm.design.guest?.freeze ?? PLAIN_FREEZE;
    if (length === 'told') resumeTold(vm, first, vm.world.nowNs - frozenAtNs, clearsNtp);
    else resumeByItself(vm, first);
  }
  say(vm, first, 'thawed');
}

function resumeTold(vm: Vm, vcpu: Vcpu, frozenNs: Ns, clearsNtp: boolean): void {
  sayFrozenFor(vm, vcpu, frozenNs);
  vm.timekeeper.resumeTold(vm.counter(vcpu), nsToTimespec(frozenNs), clearsNtp);
  sayResumed(vm, vcpu);
}

/** The guest's counter or persistent clock says for how long it was frozen, and is believed. */
function resumeByItself(vm: Vm, vcpu: Vcpu): void {
  const { timekeeper } = vm;
  const beforeNs = timekeeper.offsBoot;
  const isByCounter = timekeeper.tkrMono.clock.nonstop;
  timekeeper.resume(vm.counter(vcpu), vm.persistentNow());
  // What is injected by the persistent clock is less by what REALTIME had drifted from it.
  const clockNs = timespecToNs(vm.persistentNow()) - vm.guest.frozeAtPersistentNs;
  sayFrozenFor(vm, vcpu, isByCounter ? timekeeper.offsBoot - beforeNs : clockNs);
  sayResumed(vm, vcpu);
}

function sayFrozenFor(vm: Vm, vcpu: Vcpu, frozenNs: Ns): void {
  vm.guest.toldFrozenNs += frozenNs;
  vm.emit({
    kind: 'stopped-time-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    by: 'freeze',
    totalNs: vm.guest.toldFrozenNs,
  });
}

function say(vm: Vm, { actor }: Vcpu, kind: 'freeze-acknowledged' | 'thawed'): void {
  const { nowNs: earliestNs } = vm.world;
  const { incarnation } = vm;
  vm.emit({ kind, actor, incarnation, earliestNs, latestNs: earliestNs });
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
  touchSoftlockups(vm);
}
