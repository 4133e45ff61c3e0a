import type { ClockId } from '../contract/clock.js';
import { WATCHDOG_NAMES } from '../contract/consumer.js';
import type { Machine } from '../contract/machine.js';
import type { Command, CommandOf, Schedule, Timex, VcpuActor } from '../contract/schedule.js';
import {
  ADJ_ESTERROR,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_OFFSET,
  ADJ_SETOFFSET,
  ADJ_STATUS,
  ADJ_TAI,
  ADJ_TICK,
  ADJ_TIMECONST,
  SCALED_PPM,
} from '../contract/timex.js';
import { redeclare } from './machine.js';

/** Clocks from the plainest on: a report about MONOTONIC needs no explanation. */
export const PLAINER: readonly ClockId[] = [
  'CLOCK_MONOTONIC',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME',
  'CLOCK_TAI',
];

/** The same command with one choice made plainer, the plainest first. */
export function simplerCommands(command: Command): readonly Command[] {
  const simpler: Command[] = [];
  if ('stopAfter' in command) {
    const { stopAfter: _, ...whole } = command;
    simpler.push(whole);
  }
  if ('steps' in command) simpler.push({ kind: 'continue', actor: command.actor });
  if ('actor' in command && 'vcpu' in command.actor) {
    for (let vcpu = 0; vcpu < Math.min(command.actor.vcpu, 2); vcpu++) {
      const actor: VcpuActor = { vm: command.actor.vm, vcpu };
      simpler.push({ ...command, actor } as Command); // the same kind, on another vCPU
    }
  }
  if ('on' in command) {
    for (let on = 0; on < Math.min(command.on, 2); on++) simpler.push({ ...command, on });
  }
  simpler.push(...withoutOptions(command));
  if ('watchdog' in command) {
    for (const watchdog of WATCHDOG_NAMES) {
      if (watchdog === command.watchdog) break;
      simpler.push({ ...command, watchdog });
    }
  }
  if (command.kind === 'hold-interrupts' && command.cause !== 'irq-off') {
    simpler.push({ ...command, cause: 'irq-off' });
  }
  // A page of the host's is no other way to the same clock.
  if (command.kind === 'read' && command.via !== 'syscall' && command.via !== 'page') {
    simpler.push({ ...command, via: 'syscall' });
  }
  if (command.kind === 'cross-timestamp' && command.history) {
    simpler.push({ ...command, history: false });
  }
  if (command.kind === 'adjtimex' || command.kind === 'host-adjtimex')
    simpler.push(...simplerAdjtimex(command));
  if (command.kind === 'read' || command.kind === 'arm') {
    for (const clock of PLAINER) {
      if (clock === command.clock) break;
      if (command.kind === 'read') simpler.push({ ...command, clock });
      else if (clock !== 'CLOCK_MONOTONIC_RAW') {
        simpler.push({ ...command, clock: clock as typeof command.clock }); // not RAW: a timer clock
      }
    }
  }
  if ((command.kind === 'arm' || command.kind === 'cancel') && command.timer > 0) {
    simpler.push({ ...command, timer: 0 });
  }
  if ((command.kind === 'vm-save' || command.kind === 'vm-restore') && command.snapshot > 0) {
    simpler.push({ ...command, snapshot: 0 });
  }
  return simpler;
}

/** What a command may be without. */
const OPTIONS = ['stopInCallback', 'inNamespace', 'wakes', 'intervalNs', 'cancelOnSet'] as const;

function withoutOptions(command: Command): readonly Command[] {
  return OPTIONS.filter((name) => name in command).map((name) => {
    const { [name]: _, ...rest } = command as Command & Partial<Record<typeof name, unknown>>;
    return rest as Command; // each of them may be left out
  });
}

/** The same call with one mode bit less, or without a field that no bit asks for. */
function simplerAdjtimex(command: CommandOf<'adjtimex' | 'host-adjtimex'>): readonly Command[] {
  const { modes } = command.timex;
  const fewer: Timex[] = [];
  for (let bit = 1; bit <= modes; bit <<= 1) {
    if ((modes & bit) !== 0) fewer.push({ ...command.timex, modes: modes & ~bit });
  }
  for (const [name, bits] of FIELD_MODES) {
    if (command.timex[name] === undefined || (modes & bits) !== 0) continue;
    const { [name]: _, ...rest } = command.timex;
    fewer.push(rest);
  }
  return fewer.map((timex) => ({ ...command, timex }));
}

/** The fields of adjtimex(2), and the modes that look at them. */
const FIELD_MODES: readonly (readonly [Exclude<keyof Timex, 'modes'>, number])[] = [
  ['offset', ADJ_OFFSET],
  ['freq', ADJ_FREQUENCY],
  ['maxerror', ADJ_MAXERROR],
  ['esterror', ADJ_ESTERROR],
  ['status', ADJ_STATUS],
  ['constant', ADJ_TIMECONST | ADJ_TAI],
  ['tick', ADJ_TICK],
  ['timeSec', ADJ_SETOFFSET],
  ['timeUsec', ADJ_SETOFFSET],
];

/** The plainest command of each kind that may do another's work alone, on the first and the last vCPU. */
export function plainCommands({ vms, epochSec }: Machine): readonly Command[] {
  const last = (vms[0]?.vcpus.length ?? 1) - 1;
  const vcpus = last > 0 ? [0, last] : [0];
  const actors = vcpus.map((vcpu): VcpuActor => ({ vm: 0, vcpu }));
  return [
    ...actors.flatMap((actor): Command[] => [
      { kind: 'read', actor, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
      { kind: 'snapshot', actor },
      { kind: 'tick', actor },
      { kind: 'settime', actor, sec: epochSec, nsec: 0n },
      { kind: 'adjtimex', actor, timex: { modes: ADJ_FREQUENCY, freq: 0n } },
      { kind: 'adjtimex', actor, timex: { modes: ADJ_FREQUENCY, freq: 500n * SCALED_PPM } },
      { kind: 'read', actor, clock: 'CLOCK_MONOTONIC', via: 'syscall', stopAfter: 1 },
    ]),
    { kind: 'vm-save', actor: { vm: 0, task: 'vmm' }, snapshot: 0 },
  ];
}

/** The same command on the other vCPUs of the VM. */
export function elsewhere({ vms }: Machine, command: Command | undefined): readonly Command[] {
  if (command === undefined || !('actor' in command) || !('vcpu' in command.actor)) return [];
  const { vm, vcpu } = command.actor;
  return (vms[vm]?.vcpus ?? []).flatMap(
    (_, other) => (other === vcpu ? [] : [{ ...command, actor: { vm, vcpu: other } } as Command]), // the same kind
  );
}

/** The vCPUs counted from the other end: the last one boots the guest. Nothing where there is one. */
export function renumbered({ machine, commands }: Schedule): Schedule | undefined {
  const last = (machine.vms[0]?.vcpus.length ?? 1) - 1;
  if (last === 0) return undefined;
  const vms = machine.vms.map((vm) => ({ ...vm, vcpus: vm.vcpus.toReversed() }));
  return {
    machine: redeclare({ ...machine, vms }),
    commands: commands.map((command) =>
      'actor' in command && 'vcpu' in command.actor
        ? ({ ...command, actor: mirroredActor(command.actor, last) } as Command) // the same kind
        : command,
    ),
  };
}

function mirroredActor({ vm, vcpu }: VcpuActor, last: number): VcpuActor {
  return { vm, vcpu: vcpu > last ? vcpu : last - vcpu };
}
