import type { PageStep } from './designs/host-step.js';
import { writeStoppedTime } from './handlers.js';
import type { Vm } from './vm.js';

/** Takes a step that writes to a page which the guest reads. */
export function takePageStep(vm: Vm, step: PageStep): void {
  const page = vm.design.guest?.page;
  if (step.kind !== 'write-page') return;
  if (page?.of === 'stopped-time') writeStoppedTime(vm);
  if (page?.of === 'virtio-pvclock') vm.guest.pageTotalNs += vm.clocks.resumePvclock();
}
