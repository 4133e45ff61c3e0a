import type { Ns } from '../contract/units.js';
import { elapse } from './elapse.js';
import type { Vm } from './vm.js';
import type { Vmm } from './vmm.js';
import type { World } from './world.js';

/**
 * True time passes by `ns` for guests and VMMs: one that stands between two of its steps goes on by itself
 * once it took as long as the machine says it may (`gapNs`), so that no schedule says more of a VMM's pace
 * than was declared.
 *
 * @returns as {@link elapse}
 */
export function elapseAll(
  world: World,
  vms: readonly Vm[],
  vmms: readonly Vmm[],
  ns: Ns,
): string | undefined {
  const { gapNs } = world.machine.declared;
  if (gapNs === undefined) return elapse(world, vms, ns);
  let leftNs = ns;
  for (;;) {
    const next = firstOverdue(vmms, gapNs, leftNs);
    const waitNs = next === undefined ? leftNs : next.gapLeftNs(gapNs);
    const because = elapse(world, vms, waitNs);
    for (const vmm of vmms) vmm.waited(waitNs);
    if (because !== undefined || next === undefined) return because;
    leftNs -= waitNs;
    next.step(Number.POSITIVE_INFINITY);
  }
}

/** The VMM that has to go on first, before `ns` are over. */
function firstOverdue(vmms: readonly Vmm[], gapNs: Ns, ns: Ns): Vmm | undefined {
  let first: Vmm | undefined;
  for (const vmm of vmms) {
    const leftNs = vmm.gapLeftNs(gapNs);
    if (!vmm.isBusy || vmm.isAsleep || leftNs >= ns) continue;
    if (first === undefined || leftNs < first.gapLeftNs(gapNs)) first = vmm;
  }
  return first;
}
