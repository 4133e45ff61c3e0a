import type { CommandOf } from '../contract/schedule.js';
import { setAlarm } from './alarm.js';
import { finishOperations, guestResume, guestSuspend } from './freeze.js';
import { waitForHorizon } from './horizon.js';
import { beginPageRead } from './host-page.js';
import { readDirect, readFileStamp, readInside, readPage, readTimerBase } from './read-paths.js';
import { isSteppedClock } from './shared-words.js';
import { beginRead, beginTick, step } from './stepping.js';
import { tickEnded } from './tick-sched.js';
import { tickDirect } from './ticks.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Reads a clock by one of its paths. @returns why there is no reading. */
export function read(vm: Vm, vcpu: Vcpu, command: CommandOf<'read'>): string | undefined {
  const { clock, via, stopAfter } = command;
  if (via === 'page') {
    const none = beginPageRead(vm, vcpu, command);
    if (none === undefined) step(vm, vcpu, stopAfter ?? Number.POSITIVE_INFINITY);
    return none;
  }
  const waits = waitForHorizon(vm, vcpu);
  if (waits !== undefined) return waits;
  if (command.inNamespace === true && vm.timens !== undefined) {
    // A writer that is stopped has been through the page already: see readPage().
    if (vm.words.isWriting && via !== 'vdso') return 'a writer is stopped with the sequence odd';
    readInside(vm, vcpu, vm.timens, command);
    return undefined;
  }
  if (via === 'vdso' && readPage(vm, vcpu, clock)) return undefined;
  if (via === 'timer-base' || via === 'file-stamp') {
    if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
    return via === 'timer-base' ? readTimerBase(vm, vcpu, clock) : readFileStamp(vm, vcpu, clock);
  }
  if (isSteppedClock(clock) && (stopAfter !== undefined || vm.words.isWriting)) {
    beginRead(vm, vcpu, clock, via);
    step(vm, vcpu, stopAfter ?? Number.POSITIVE_INFINITY);
  } else if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
  else readDirect(vm, vcpu, clock, via);
  return undefined;
}

/** A tick that the schedule asks for. */
export function tick(vm: Vm, vcpu: Vcpu, { stopAfter }: CommandOf<'tick'>): string | undefined {
  if (stopAfter === undefined) {
    tickDirect(vm, vcpu);
    tickEnded(vm, vcpu);
  } else {
    beginTick(vm, vcpu);
    step(vm, vcpu, stopAfter);
  }
  return undefined;
}

/** The guest suspends itself. */
export function suspend(vm: Vm, vcpu: Vcpu): string | undefined {
  if (!finishOperations(vm)) return 'another vCPU is in the middle of an operation';
  if (vm.vcpus.some(({ hold }) => hold !== undefined)) return 'interrupts are off on a vCPU';
  const alarm = setAlarm(vm);
  if (alarm !== undefined) return alarm;
  guestSuspend(vm, vcpu);
  return undefined;
}

/** It wakes up, if it is not frozen at the host's wish. */
export function resume(vm: Vm, vcpu: Vcpu): string | undefined {
  if (!vm.timekeeper.suspended) return 'the guest is not suspended';
  if (vm.frozenAtNs !== undefined) return 'the guest is frozen';
  guestResume(vm, vcpu);
  return undefined;
}
