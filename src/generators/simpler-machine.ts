import type { DeadlineTimer, Machine, Vm } from '../contract/machine.js';
import type { Command, Schedule } from '../contract/schedule.js';
import { CLOCKSOURCES, EPOCH_SEC, redeclare } from './machine.js';

/** Smaller and plainer machines, each one change away, the largest first. */
export function simplerMachines({ machine, commands }: Schedule): readonly Machine[] {
  const simpler: Machine[] = [];
  const [vm] = machine.vms;
  if (vm === undefined) return simpler;
  const withVm = (change: Partial<typeof vm>): Machine =>
    redeclare({ ...machine, vms: machine.vms.map((other) => ({ ...other, ...change })) });
  const used = 1 + Math.max(0, ...commands.map(highestVcpu));
  for (const count of [1, used, vm.vcpus.length - 1]) {
    if (count > 0 && count < vm.vcpus.length)
      simpler.push(withVm({ vcpus: vm.vcpus.slice(0, count) }));
  }
  if (machine.hosts.length > 1) simpler.push({ ...machine, hosts: machine.hosts.slice(0, 1) });
  if (machine.tick !== 'command') simpler.push({ ...machine, tick: 'command' });
  if (vm.vcpus.some((vcpu) => vcpu.skewCycles !== 0n)) {
    simpler.push(withVm({ vcpus: vm.vcpus.map(() => ({ skewCycles: 0n })) }));
  }
  if (machine.hosts.some((host) => host.counterBoot !== 0n)) {
    simpler.push({
      ...machine,
      hosts: machine.hosts.map((host) => ({ ...host, counterBoot: 0n })),
    });
  }
  if (vm.clocksource.nonstop)
    simpler.push(withVm({ clocksource: { ...vm.clocksource, nonstop: false } }));
  if (vm.persistentClock !== 'nanoseconds')
    simpler.push(withVm({ persistentClock: 'nanoseconds' }));
  simpler.push(...plainerTimers(machine));
  if (machine.kernel !== '6.12.117') simpler.push({ ...machine, kernel: '6.12.117' });
  if (machine.hz !== 250) simpler.push({ ...machine, hz: 250 });
  if (machine.epochSec !== EPOCH_SEC) simpler.push({ ...machine, epochSec: EPOCH_SEC });
  if (vm.timeNamespace !== undefined) {
    simpler.push({ ...machine, vms: machine.vms.map(({ timeNamespace: _, ...rest }) => rest) });
  }
  return [...simpler, ...plainerHosts(machine), ...plainerCounters(machine)];
}

/** What KVM does on x86. */
const OF_KVM: DeadlineTimer = { by: 'hrtimer', early: 'inject' };

/** Whether a host of x86 does it in another way. */
function isX86Emulated({ deadlineTimer, clocksource }: Vm): boolean {
  if (deadlineTimer === undefined || clocksource.name === 'arch_sys_counter') return false;
  return deadlineTimer.by !== OF_KVM.by || deadlineTimer.early !== OF_KVM.early;
}

/** A device and RAW timers like everybody's, and a tick that never stops. */
function plainerTimers(machine: Machine): readonly Machine[] {
  const simpler: Machine[] = [];
  const { vms } = machine;
  if (vms.some((vm) => vm.clockevent !== undefined)) {
    simpler.push({ ...machine, vms: vms.map(({ clockevent: _, ...rest }) => rest) });
  }
  if (vms.some((vm) => vm.rawTimers !== undefined)) {
    simpler.push({ ...machine, vms: vms.map(({ rawTimers: _, ...rest }) => rest) });
  }
  if (vms.some((vm) => vm.deadlineTimer !== undefined)) {
    simpler.push({ ...machine, vms: vms.map(({ deadlineTimer: _, ...rest }) => rest) });
    const plain = vms.map((vm) => (isX86Emulated(vm) ? { ...vm, deadlineTimer: OF_KVM } : vm));
    if (plain.some((vm, at) => vm !== vms[at])) simpler.push({ ...machine, vms: plain });
  }
  if (machine.nohz !== 'off') simpler.push({ ...machine, nohz: 'off' });
  if (machine.nohz === 'full') simpler.push({ ...machine, nohz: 'idle' });
  return simpler;
}

/** The reader knows kvm-clock's numbers by heart: one cycle is one nanosecond. */
function plainerCounters(machine: Machine): readonly Machine[] {
  const [, plainest] = CLOCKSOURCES;
  const [vm] = machine.vms;
  if (plainest === undefined || vm === undefined || vm.clocksource.name === plainest.name)
    return [];
  const counterHz = plainest.freq * plainest.scale;
  return [
    redeclare({
      ...machine,
      hosts: machine.hosts.map((host) => ({ ...host, counterHz })),
      vms: machine.vms.map((other) => ({ ...other, clocksource: plainest })),
    }),
  ];
}

function highestVcpu(command: Command): number {
  if ('on' in command) return command.on;
  return 'actor' in command && 'vcpu' in command.actor ? command.actor.vcpu : 0;
}

/** Hosts that know what time it is, and a UTC without leap seconds. */
function plainerHosts(machine: Machine): readonly Machine[] {
  const simpler: Machine[] = [];
  const { hosts, leapSecond, ...rest } = machine;
  if (hosts.some(({ realtimeErrorNs = 0n }) => realtimeErrorNs !== 0n)) {
    simpler.push({ ...machine, hosts: hosts.map((host) => ({ ...host, realtimeErrorNs: 0n })) });
  }
  if (leapSecond !== undefined) simpler.push({ ...rest, hosts });
  return simpler;
}
