import type { Ns } from '../contract/units.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';
import { canInterrupt, deliverDue } from './vmm.js';
import type { World } from './world.js';

/** A busy vCPU gets no more ticks than this from one `elapse`: a longer gap needs idle. */
export const MAX_TICKS_PER_ELAPSE = 10_000;

/**
 * True time passes by `ns`; the interrupts that come due on running vCPUs meanwhile are delivered in
 * order, of equal ones the lower vCPU first.
 *
 * @returns that and why it was cut short, if it was.
 */
export function elapse(world: World, vms: readonly Vm[], ns: Ns): string | undefined {
  const targetNs = world.nowNs + ns;
  let ticks = 0;
  for (;;) {
    const next = nextInterrupt(vms, targetNs);
    if (next === undefined) break;
    if (next.atNs > world.nowNs) world.nowNs = next.atNs;
    ticks += deliverDue(next.vm, next.vcpu);
    if (ticks >= MAX_TICKS_PER_ELAPSE) return `cut short after ${MAX_TICKS_PER_ELAPSE} ticks`;
  }
  world.nowNs = targetNs;
  return undefined;
}

function nextInterrupt(
  vms: readonly Vm[],
  untilNs: Ns,
): { readonly vm: Vm; readonly vcpu: Vcpu; readonly atNs: Ns } | undefined {
  let first: { vm: Vm; vcpu: Vcpu; atNs: Ns } | undefined;
  for (const vm of vms) {
    for (const vcpu of vm.vcpus) {
      const { dueNs } = vcpu;
      if (dueNs === undefined || dueNs > untilNs || !canInterrupt(vm, vcpu)) continue;
      if (first === undefined || dueNs < first.atNs) first = { vm, vcpu, atNs: dueNs };
    }
  }
  return first;
}
