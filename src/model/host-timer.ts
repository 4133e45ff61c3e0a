import { NSEC_PER_SEC } from '../contract/units.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Whether an hrtimer of the host waits for the deadline: it does wherever the vCPU does not run. */
export function isHostTimed({ deadlineTimer }: Vm, { halted }: Vcpu): boolean {
  return deadlineTimer !== undefined && (deadlineTimer.by === 'hrtimer' || halted);
}

/** Arms the host's timer for what is left to the deadline, as if the host's clock ran as the counter does. */
export function armHostTimer(vm: Vm, vcpu: Vcpu): void {
  const { world, host } = vm;
  const { deadline } = vcpu.clockevent;
  if (deadline === undefined) return;
  const left = deadline - vm.wideCounter(vcpu);
  if (left <= 0n) vcpu.dueNs = world.nowNs;
  else if (!isHostTimed(vm, vcpu)) vcpu.dueNs = world.instantOf(host, deadline - vcpu.offset);
  else {
    vcpu.hostExpires = world.monotonic(host) + left * NSEC_PER_SEC;
    vcpu.dueNs = world.instantOnMonotonic(host, vcpu.hostExpires);
  }
}
