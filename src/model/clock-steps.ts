import type { ClockStep, RunStep } from './designs/host-step.js';
import type { Vm } from './vm.js';

/** Takes a step that moves kvmclock or a counter. */
export function takeClockStep(
  vm: Vm,
  step: ClockStep | Extract<RunStep, { kind: 'create-vcpu' }>,
): void {
  const { hostClock } = vm.clocks;
  switch (step.kind) {
    case 'get-clock':
      hostClock.getClock(vm);
      break;
    case 'set-clock':
      hostClock.setClock(vm, step.realtime, step.capNs);
      break;
    case 'update-master-clock':
      updateMasterClock(vm);
      break;
    case 'kvmclock-ctrl':
      vm.clocks.requestGuestStopped();
      break;
    case 'create-vcpu':
      hostClock.createVcpu(vm, step.vcpu);
      break;
    case 'get-tsc':
      hostClock.getTsc(vm, step.vcpu);
      vm.clocks.suspendPvclock();
      break;
    case 'set-tsc':
      hostClock.setTsc(vm, step.vcpu);
      break;
    case 'set-tsc-offset':
      hostClock.setTscOffset(vm, step.vcpu, step.forward === true);
      break;
    case 'set-deadline':
      hostClock.setDeadline(vm, step.vcpu);
      break;
    case 'get-cntvct':
      hostClock.getCntvct(vm);
      break;
    case 'set-cntvct':
      hostClock.setCntvct(vm, step.realtime, step.aheadCycles ?? 0n);
      break;
  }
}

/** KVM captures its pair anew: what the raw clock and the pages made of the time since shows as a step. */
function updateMasterClock(vm: Vm): void {
  const { kvm } = vm.clocks;
  kvm.kvmclock?.updateMasterClock(kvm.now());
  vm.clocks.refreshPages(false);
}
