import type { Signs } from '../contract/consumer.js';
import { STA_UNSYNC } from '../contract/timex.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** The signs of a stop, as a task of the guest sees them now. */
export function signsOf(vm: Vm): Signs {
  const { ntp } = vm.timekeeper;
  return {
    unsync: (ntp.timeStatus & STA_UNSYNC) === 0 ? 0n : 1n,
    'cancel-on-set': vm.guest.clockSets,
    marker: seesMarker(vm) ? vm.marker + vm.generation : 0n,
    freeze: vm.guest.freezes,
  };
}

/** The page of stopped time, and the one behind a clocksource, are the kernel's alone. */
function seesMarker({ design }: Vm): boolean {
  const of = design.guest?.page?.of;
  return of === 'vmclock' || of === 'timekeeper';
}

/** Why no task takes a step on that vCPU now; undefined: one does. */
export function keptFromTasks(vm: Vm, vcpu: Vcpu): string | undefined {
  if (!vcpu.running) return 'the vCPU is stopped';
  if (vm.timekeeper.suspended) {
    return vm.frozenAtNs === undefined ? 'the guest is suspended' : 'the guest is frozen';
  }
  if (vcpu.hold !== undefined) return 'interrupts are off on the vCPU';
  if (vcpu.operation !== undefined) return 'the vCPU is in the middle of an operation';
  if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
  if (vcpu.pendingIrq) return 'the vCPU is in the handler of an interrupt';
  return undefined;
}
