import type { CounterSeen } from '../contract/event-stop.js';
import { u64 } from '../math/u64.js';
import { SAME_RATE } from './hypervisor/vm-kvm.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Tells what the counter of a vCPU shows, and how it is made from the host's. */
export function sayCounter(
  vm: Vm,
  vcpu: Vcpu,
  generation: number,
  because: CounterSeen['because'],
): void {
  vm.emit({
    kind: 'counter-seen',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    host: vm.host,
    hostCounter: u64(vm.hostCounter),
    ratio: SAME_RATE.ratio,
    fraction: SAME_RATE.fraction,
    offset: u64(vcpu.offset),
    adjust: vcpu.tscAdjust,
    generation,
    counter: u64(vm.wideCounter(vcpu)),
    // The physical counter of Arm is the host's.
    physical: vm.clocksource === 'arch_sys_counter' ? u64(vm.hostCounter) : null,
    because,
  });
}
