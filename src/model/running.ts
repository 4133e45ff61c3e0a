import { deadlineReached } from './deadline-timer.js';
import { freezeIfAsked } from './freeze.js';
import { prepareEntry, takeInterrupt, takeNmi } from './handlers.js';
import { canInterrupt, releaseInterrupts } from './hold.js';
import { forceReprogram } from './programming.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

export function pauseVcpu(vm: Vm, vcpu: Vcpu): void {
  if (!vcpu.running) return;
  vcpu.running = false;
  if (vm.isStopped) vm.away.begin(vm.world, vm.host);
  if (vcpu.hold !== undefined) {
    vcpu.hold = { ...vcpu.hold, endNs: vcpu.hold.endNs - vm.world.nowNs };
  }
  vm.emit({
    kind: 'vcpu-stopped',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
  vm.clocks.sayCounter(vcpu, 'stop');
}

/** An interrupt that came while the vCPU was stopped is delivered before its first instruction. */
export function runVcpu(vm: Vm, vcpu: Vcpu): void {
  prepareEntry(vm, vcpu);
  if (!vcpu.running && vcpu.hold !== undefined) {
    vcpu.hold = { ...vcpu.hold, endNs: vcpu.hold.endNs + vm.world.nowNs };
  }
  vm.clocks.entering(vcpu);
  vcpu.running = true;
  vm.emit({
    kind: 'vcpu-started',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
  vm.clocks.sayCounter(vcpu, 'start');
  if (vcpu.owesReprogram) {
    vcpu.owesReprogram = false;
    forceReprogram(vm, vcpu);
  }
  takeNmi(vm, vcpu);
  deliverDue(vm, vcpu);
}

/**
 * Delivers what waits and can be taken: the interrupt of the design, and that of the vCPU's device if it
 * is due. @returns how many ticks it made.
 */
export function deliverDue(vm: Vm, vcpu: Vcpu): number {
  if (!canInterrupt(vm, vcpu)) return 0;
  // Of equal priority the GIC signals the lower number first, and the timer's is one of the vCPU's own.
  const isTimerFirst = vm.clocksource === 'arch_sys_counter';
  const isDue = vcpu.dueNs !== undefined && vcpu.dueNs <= vm.world.nowNs;
  const ticks = isTimerFirst && isDue ? deadlineReached(vm, vcpu) : 0;
  if (vcpu.pendingIrq) takeInterrupt(vm, vcpu);
  if (isTimerFirst || !canInterrupt(vm, vcpu)) return ticks;
  return vcpu.dueNs !== undefined && vcpu.dueNs <= vm.world.nowNs ? deadlineReached(vm, vcpu) : 0;
}

/** Interrupts are taken again from here on, what came meanwhile first. @returns as deliverDue(). */
export function release(vm: Vm, vcpu: Vcpu): number {
  releaseInterrupts(vm, vcpu);
  freezeIfAsked(vm);
  takeNmi(vm, vcpu);
  return deliverDue(vm, vcpu);
}
