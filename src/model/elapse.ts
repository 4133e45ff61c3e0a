import { PLAIN_CLOCKEVENT } from '../contract/machine.js';
import type { Ns } from '../contract/units.js';
import { ringAlarm } from './alarm.js';
import { canHandle, runDeferred, workerOf } from './handlers.js';
import { canInterrupt } from './hold.js';
import { deliverDue, release } from './running.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';
import type { World } from './world.js';

/** A busy vCPU gets no more ticks than this from one `elapse`, and a timer no more periods: a longer gap needs idle. */
export const MAX_TICKS_PER_ELAPSE = 10_000;
/** A period counts as ten ticks: see hrtimer-interrupt.ts. */
const CUT_SHORT = `cut short after ${MAX_TICKS_PER_ELAPSE} ticks, or ${MAX_TICKS_PER_ELAPSE / 10} periods of timers`;
/**
 * Where a clock stands still its timers are early for ever, and the device interrupts again and again: so
 * many interrupts, each less than two of the shortest deltas after the last, are a storm that does not end.
 */
const STORM_INTERRUPTS = 1_000;
const STORM_NS: Ns = 2n * PLAIN_CLOCKEVENT.minDeltaNs * BigInt(STORM_INTERRUPTS);
const STORM = `cut short after a storm of ${STORM_INTERRUPTS} interrupts`;

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
  let sinceNs = world.nowNs;
  for (let interrupts = 0; ; interrupts++) {
    const next = nextEvent(vms, targetNs);
    if (next === undefined) break;
    if (interrupts === STORM_INTERRUPTS) {
      if (world.nowNs - sinceNs < STORM_NS) return STORM;
      sinceNs = world.nowNs;
      interrupts = 0;
    }
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
  readonly vcpu: Vcpu | undefined;
  readonly atNs: Ns;
  /** What was put off to a work item runs there. */
  readonly isWork: boolean;
}

function take({ vm, vcpu, isWork }: Due): number {
  if (vcpu === undefined) return ringAlarm(vm);
  if (isWork) {
    runDeferred(vm, vcpu);
    return 0;
  }
  return vcpu.hold === undefined ? deliverDue(vm, vcpu) : release(vm, vcpu);
}

function nextEvent(vms: readonly Vm[], untilNs: Ns): Due | undefined {
  let first: Due | undefined;
  for (const vm of vms) {
    const worker = workerOf(vm);
    if (worker !== undefined) return { vm, vcpu: worker, atNs: vm.world.nowNs, isWork: true };
    for (const vcpu of vm.vcpus) {
      const atNs = dueAt(vm, vcpu);
      if (atNs === undefined || atNs > untilNs) continue;
      if (first === undefined || atNs < first.atNs) {
        first = { vm, vcpu, atNs, isWork: false };
      }
    }
    const { alarmAtNs } = vm;
    if (alarmAtNs === undefined || alarmAtNs > untilNs || !canRing(vm)) continue;
    if (first === undefined || alarmAtNs < first.atNs) {
      first = { vm, vcpu: undefined, atNs: alarmAtNs, isWork: false };
    }
  }
  return first;
}

/** When the vCPU has something to take next; undefined: as things are, never. */
function dueAt(vm: Vm, vcpu: Vcpu): Ns | undefined {
  if (canHandle(vm, vcpu)) return vm.world.nowNs;
  if (vcpu.hold !== undefined) return vcpu.running ? vcpu.hold.endNs : undefined;
  return vcpu.dueNs === undefined || !canInterrupt(vm, vcpu) ? undefined : vcpu.dueNs;
}

/** A guest that is frozen at the host's wish, or stopped, does not hear it. */
function canRing(vm: Vm): boolean {
  return vm.timekeeper.suspended && vm.frozenAtNs === undefined && vm.vcpus[0]?.running === true;
}
