import type { CommandOf } from '../contract/schedule.js';
import { keptFromTasks, signsOf } from './signs.js';
import { wakeForTask } from './tick-sched.js';
import type { Vm } from './vm.js';

/**
 * The application takes a time stamp and notes the signs, or uses the one that it took last: T0 and T1 of
 * the 2021 thread.
 *
 * @returns why it did not, if so.
 */
export function stampOrUse(
  vm: Vm,
  command: CommandOf<'take-timestamp' | 'use-timestamp'>,
): string | undefined {
  const { actor, on, kind } = command;
  const vcpu = vm.vcpus[on];
  if (vcpu === undefined) return 'the machine has no such vCPU';
  if (!vm.hasApplication) return 'the guest has no application';
  const kept = keptFromTasks(vm, vcpu);
  if (kept !== undefined) return kept;
  const signs = signsOf(vm);
  if (kind === 'take-timestamp') {
    vm.guest.stamp = { signs, realtimeNs: vm.timekeeper.realtime(vm.counter(vcpu)) };
  }
  const { stamp } = vm.guest;
  if (stamp === undefined) return 'it has taken no time stamp';
  wakeForTask(vm, vcpu);
  vm.emit({
    kind: kind === 'take-timestamp' ? 'timestamp-taken' : 'timestamp-used',
    actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    on,
    signs,
    realtimeNs: stamp.realtimeNs,
  });
  return undefined;
}
