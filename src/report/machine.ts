import type { DeadlineTimer, Machine, Vm } from '../contract/machine.js';
import { duration, frequency } from './numbers.js';

/** The world of a schedule in one sentence: what a reader must know before the first command. */
export function machineWords(machine: Machine): string {
  const vms = machine.vms.map((vm) => vmWords(machine, vm)).join('; ');
  return `${vms}; HZ ${machine.hz}, NOHZ ${machine.nohz}, ticks by ${machine.tick}`;
}

function vmWords(machine: Machine, vm: Vm): string {
  const { name, widthBits } = vm.clocksource;
  const host = machine.hosts[vm.host];
  const parts = [
    vm.vcpus.length === 1 ? '1 vCPU' : `${vm.vcpus.length} vCPUs`,
    `clocksource ${name}, ${widthBits} bits, ${rate(vm, host?.counterHz)}`,
    vm.clocksource.nonstop ? 'counts in suspend' : 'stops in suspend',
  ];
  if (vm.persistentClock !== 'none') parts.push(`persistent clock in ${vm.persistentClock}`);
  if (machine.declared.skewNs > 0n) parts.push(`skew up to ${duration(machine.declared.skewNs)}`);
  if (vm.deadlineTimer !== undefined) parts.push(deadlineWords(vm.deadlineTimer));
  return parts.join(', ');
}

/** Who waits for the guest's deadline, and what a host does whose timer is early. */
function deadlineWords({ by, early }: DeadlineTimer): string {
  const does = { record: 'recorded', 're-arm': 're-armed', inject: 'injected' }[early];
  return `deadlines by ${by === 'hrtimer' ? 'an hrtimer' : 'the preemption timer'} of the host, early ones ${does}`;
}

function rate(vm: Vm, counterHz: bigint | undefined): string {
  const nominal = vm.clocksource.freq * vm.clocksource.scale;
  const registered = frequency(nominal);
  return counterHz === undefined || counterHz === nominal
    ? registered
    : `${registered} registered, ${frequency(counterHz)} true`;
}
