import type { PageStep } from './designs/host-step.js';
import { writeStoppedTime } from './handlers.js';
import { writeHostPage } from './host-page.js';
import type { Vm } from './vm.js';

/** Whichever page the design has. */
function writePage(vm: Vm): void {
  const of = vm.design.guest?.page?.of;
  if (of === 'stopped-time') writeStoppedTime(vm);
  else if (of === 'virtio-pvclock') vm.guest.pageTotalNs += vm.clocks.resumePvclock();
  else writeHostPage(vm);
}

/** Takes a step that writes to a page which the guest reads. */
export function takePageStep(vm: Vm, step: PageStep): void {
  switch (step.kind) {
    case 'write-page':
      writePage(vm);
      break;
    case 'bump-marker':
      vm.marker++;
      break;
    case 'bump-generation':
      vm.generation++;
  }
}
