import type { GuestStep } from './designs/host-step.js';
import { abortFreeze, requestFreeze, thaw } from './freeze.js';
import { askAgent, takeInterrupt, takeNmi } from './handlers.js';
import type { Vm } from './vm.js';

/** Takes a step that the guest notices; whether an acknowledgement is waited for is the VMM's affair. */
export function takeGuestStep(vm: Vm, step: Exclude<GuestStep, { kind: 'await-ack' }>): void {
  switch (step.kind) {
    case 'notify-guest':
      if (step.of === 'freeze') requestFreeze(vm);
      else if (step.of === 'thaw') thaw(vm);
      // A guest that sleeps already is woken, and its sleep was one.
      else if (vm.frozenAtNs !== undefined) thaw(vm);
      else abortFreeze(vm);
      break;
    case 'raise-irq': {
      const vcpu = vm.vcpus[step.vcpu];
      if (vcpu === undefined) return;
      vcpu.pendingIrq = true;
      takeInterrupt(vm, vcpu);
      break;
    }
    case 'raise-nmi': {
      const vcpu = vm.vcpus[step.vcpu];
      if (vcpu === undefined) return;
      vcpu.pendingNmi = true;
      takeNmi(vm, vcpu);
      break;
    }
    case 'subtract-stop':
      vm.away.request(step.vcpu, step);
      break;
    case 'step-realtime':
      askAgent(vm);
  }
}

/**
 * The host waits for the guest's acknowledgement of a freeze, and none came.
 *
 * @returns whether the host goes on all the same.
 */
export function goesOnWithoutAck(
  vm: Vm,
  { orElse }: Extract<GuestStep, { kind: 'await-ack' }>,
): boolean {
  if (orElse === 'go-on-and-say-so') {
    vm.emit({
      kind: 'stopped-uncooperatively',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
    });
  }
  return orElse !== undefined;
}
