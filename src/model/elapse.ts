import type { Ns } from '../contract/units.js';
import { ringAlarm } from './alarm.js';
import type { Vm } from './vm.js';
import { canInterrupt, deliverDue, release } from './vmm.js';
import type { World } from './world.js';

/** A busy vCPU gets no more ticks than this from one `elapse`, and a timer no more periods: a longer gap needs idle. */
export const MAX_TICKS_PER_ELAPSE = 10_000;
/** A period counts as ten ticks: see hrtimer-interrupt.ts. */
const CUT_SHORT = `cut short after ${MAX_TICKS_PER_ELAPSE} ticks, or ${MAX_TICKS_PER_ELAPSE / 10} periods of timers`;

/**
 * True time passes by `ns`; what comes due on running vCPUs meanwhile is delivered in order, of equal
 * instants the lower vCPU first: the interrupts of their devices, the end of a hold, and the alarm
 * that wakes a guest.
 *
 * @returns that and why it was cut short, if it was.
 */
export function elapse(world: World, vms: readonly Vm[], ns: Ns): string | undefined {
  const targetNs = world.nowNs + ns;
  let ticks = 0;
  for (;;) {
    const next = nextEvent(vms, targetNs);
    if (next === undefined) break;
    if (next.atNs > world.nowNs) world.nowNs = next.atNs;
    ticks += take(next);
    if (ticks >= MAX_TICKS_PER_ELAPSE) return CUT_SHORT;
  }
  world.nowNs = targetNs;
  return undefined;
}

interface Due {
  readonly vm: Vm;
  /** Of which vCPU; undefined: an alarm, which is the guest's. */
  readonly vcpu: Vm['vcpus'][number] | undefined;
  readonly atNs: Ns;
}

function take({ vm, vcpu }: Due): number {
  if (vcpu === undefined) return ringAlarm(vm);
  return vcpu.hold === undefined ? deliverDue(vm, vcpu) : release(vm, vcpu);
}

function nextEvent(vms: readonly Vm[], untilNs: Ns): Due | undefined {
  let first: Due | undefined;
  for (const vm of vms) {
    for (const vcpu of vm.vcpus) {
      const atNs = dueAt(vm, vcpu);
      if (atNs === undefined || atNs > untilNs) continue;
      if (first === undefined || atNs < first.atNs) first = { vm, vcpu, atNs };
    }
    const { alarmAtNs } = vm;
    if (alarmAtNs === undefined || alarmAtNs > untilNs || !canRing(vm)) continue;
    if (first === undefined || alarmAtNs < first.atNs) {
      first = { vm, vcpu: undefined, atNs: alarmAtNs };
    }
  }
  return first;
}

/** When the vCPU has something to take next; undefined: as things are, never. */
function dueAt(vm: Vm, vcpu: Vm['vcpus'][number]): Ns | undefined {
  if (vcpu.hold !== undefined) return vcpu.running ? vcpu.hold.endNs : undefined;
  return vcpu.dueNs === undefined || !canInterrupt(vm, vcpu) ? undefined : vcpu.dueNs;
}

/** A guest that is frozen at the host's wish, or stopped, does not hear it. */
function canRing(vm: Vm): boolean {
  return vm.timekeeper.suspended && vm.frozenAtNs === undefined && vm.vcpus[0]?.running === true;
}
