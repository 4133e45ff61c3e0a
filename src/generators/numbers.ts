import type { Command, CommandOf, Schedule, Timex } from '../contract/schedule.js';
import { NOMINAL_TICK } from '../contract/timex.js';
import { redeclare } from './machine.js';

/** One number of a schedule that can shrink: toward `target`, by whole steps. */
export interface Numeral {
  readonly value: bigint;
  /** The plainest value: 0, or what is nominal. */
  readonly target: bigint;
  /** Numerals of equal unit may be traded against each other. */
  readonly unit: 'ns' | 'cycles' | 'steps' | 'other';
  /** The schedule with another value there. */
  with(value: bigint): Schedule;
}

/** All numbers of a schedule, in order; the machine's last. */
export function numeralsOf(schedule: Schedule): readonly Numeral[] {
  const numerals: Numeral[] = [];
  schedule.commands.forEach((command, at) => {
    for (const field of fieldsOf(command, schedule.machine.epochSec)) {
      numerals.push({
        value: field.value,
        target: field.target,
        unit: field.unit,
        with: (value) => replaced(schedule, at, field.with(value)),
      });
    }
  });
  return [...numerals, ...machineNumerals(schedule)];
}

function replaced(schedule: Schedule, at: number, command: Command): Schedule {
  const commands = schedule.commands.slice();
  commands[at] = command;
  return { machine: schedule.machine, commands };
}

interface Field {
  readonly value: bigint;
  readonly target: bigint;
  readonly unit: Numeral['unit'];
  with(value: bigint): Command;
}

function fieldsOf(command: Command, epochSec: bigint): readonly Field[] {
  switch (command.kind) {
    case 'elapse':
      return [field(command.ns, 0n, 'ns', (ns) => ({ ...command, ns }))];
    case 'settime':
      return [
        field(command.sec, epochSec, 'other', (sec) => ({ ...command, sec })),
        field(command.nsec, 0n, 'ns', (nsec) => ({ ...command, nsec })),
      ];
    case 'adjtimex':
    case 'host-adjtimex':
      return timexFields(command.timex, (timex) => ({ ...command, timex }));
    case 'cross-timestamp':
      return [field(command.cyclesAgo, 0n, 'cycles', (cyclesAgo) => ({ ...command, cyclesAgo }))];
    case 'arm':
      return [
        field(command.expiresNs, 0n, 'ns', (expiresNs) => ({ ...command, expiresNs })),
        field(command.slackNs, 0n, 'ns', (slackNs) => ({ ...command, slackNs })),
        ...periodField(command),
      ];
    case 'host-suspend':
      return [...sleepField(command), ...stepField(command)];
    case 'hold-interrupts':
      return [field(command.ns, 1n, 'ns', (ns) => ({ ...command, ns }))];
    default:
      return stepField(command);
  }
}

function sleepField(command: CommandOf<'host-suspend'>): readonly Field[] {
  const { wakesAfterNs } = command;
  if (wakesAfterNs === undefined) return [];
  return [field(wakesAfterNs, 0n, 'ns', (ns) => ({ ...command, wakesAfterNs: ns }))];
}

/** A period is 1 ns at the least: without one it is another kind of timer. */
function periodField(command: CommandOf<'arm'>): readonly Field[] {
  const { intervalNs } = command;
  if (intervalNs === undefined) return [];
  return [field(intervalNs, 1n, 'ns', (period) => ({ ...command, intervalNs: period }))];
}

function timexFields(timex: Timex, set: (timex: Timex) => Command): readonly Field[] {
  return [
    field(timex.freq ?? 0n, 0n, 'other', (freq) => set({ ...timex, freq })),
    field(timex.tick ?? NOMINAL_TICK, NOMINAL_TICK, 'other', (tick) => set({ ...timex, tick })),
    ...OTHER_FIELDS.flatMap((name) => {
      const value = timex[name];
      if (value === undefined) return [];
      return [field(value, 0n, 'other', (to) => set({ ...timex, [name]: to }))];
    }),
  ];
}

/** Of adjtimex(2), beside frequency and tick; 0 is plain, and where one is left out there is nothing to shrink. */
const OTHER_FIELDS = ['offset', 'constant', 'timeSec', 'timeUsec'] as const;

function stepField(command: Command): readonly Field[] {
  if ('stopAfter' in command && command.stopAfter !== undefined) {
    const { stopAfter } = command;
    return [
      field(BigInt(stopAfter), 1n, 'steps', (steps) => ({ ...command, stopAfter: Number(steps) })),
    ];
  }
  if (command.kind === 'continue' && command.steps !== undefined) {
    return [
      field(BigInt(command.steps), 1n, 'steps', (steps) => ({ ...command, steps: Number(steps) })),
    ];
  }
  return [];
}

function field(
  value: bigint,
  target: bigint,
  unit: Field['unit'],
  set: (value: bigint) => Command,
): Field {
  return { value, target, unit, with: set };
}

/** Skews and boot values of counters; what the machine declares follows. */
function machineNumerals({ machine, commands }: Schedule): readonly Numeral[] {
  const skews = machine.vms.flatMap((vm, vmAt) =>
    vm.vcpus.map(
      (vcpu, vcpuAt): Numeral => ({
        value: vcpu.skewCycles,
        target: 0n,
        unit: 'cycles',
        with: (skewCycles) => {
          const vcpus = vm.vcpus.with(vcpuAt, { ...vcpu, skewCycles });
          const vms = machine.vms.with(vmAt, { ...vm, vcpus });
          return { machine: redeclare({ ...machine, vms }), commands };
        },
      }),
    ),
  );
  const boots = machine.hosts.map(
    (host, at): Numeral => ({
      value: host.counterBoot,
      target: 0n,
      unit: 'cycles',
      with: (counterBoot) => ({
        machine: { ...machine, hosts: machine.hosts.with(at, { ...host, counterBoot }) },
        commands,
      }),
    }),
  );
  return [...skews, ...boots, ...namespaces({ machine, commands })];
}

/** What the clocks of a time namespace are ahead. */
function namespaces({ machine, commands }: Schedule): readonly Numeral[] {
  return machine.vms.flatMap(({ timeNamespace }, at) => {
    if (timeNamespace === undefined) return [];
    return (['monotonicNs', 'boottimeNs'] as const).map(
      (name): Numeral => ({
        value: timeNamespace[name],
        target: 0n,
        unit: 'other',
        with: (value) => {
          const vms = machine.vms.map((vm, other) =>
            other === at ? { ...vm, timeNamespace: { ...timeNamespace, [name]: value } } : vm,
          );
          return { machine: { ...machine, vms }, commands };
        },
      }),
    );
  });
}
