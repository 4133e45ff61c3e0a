import type { Machine, Vm } from '../contract/machine.js';
import type { Command, CommandOf, Schedule } from '../contract/schedule.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import type { Pass, Try } from './passes.js';

/** A story of so many commands is short enough, and easier to read with its stop told in full. */
const SHORT = 6;
/** Longer ones have shrunk before, or are beyond this. */
const LONG = 12;
/** Steps after which a way may be broken off. */
const WAYS = 8;

/**
 * A VMM goes on by itself once it has waited for as long as the machine lets it (`gapNs`): nobody has to
 * tell it to, if a wait that comes anyway is longer by as much.
 */
export function* gapWaits(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  if (machine.declared.gapNs === undefined) return;
  for (let at = 0; at < commands.length; at++) {
    if (!isGoingOn(commands[at])) continue;
    for (let later = at + 1; later < commands.length; later++) {
      const waiting = longer(schedule, later);
      if (waiting === undefined) continue;
      yield tryOf(
        schedule,
        waiting.filter((_, place) => place !== at),
      );
    }
  }
}

/**
 * A stop, a wait and the way back for a save of a running VM: it stops it and lets it go on, and is broken
 * off for the wait, until the VMM goes on by itself. What comes between stays where it is.
 */
export function* wholeStops(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  if (gapNs === undefined || commands.length <= SHORT || commands.length > LONG) return;
  for (let out = 0; out < commands.length; out++) {
    if (commands[out]?.kind !== 'vm-pause') continue;
    const wait = commands.findIndex(({ kind }, at) => at > out && kind === 'elapse');
    const back = commands.findIndex(({ kind }, at) => at > wait && kind === 'vm-resume');
    if (wait < 0 || back < 0) continue;
    for (let steps = 1; steps <= WAYS; steps++) {
      const save: Command = {
        ...{ kind: 'vm-save', actor: { vm: 0, task: 'vmm' }, snapshot: 0 },
        stopAfter: steps,
      };
      // One more nanosecond passes after the way back, and sections are to last through it.
      const changed = commands.with(out, save).with(wait, { kind: 'elapse', ns: gapNs + 1n });
      yield tryOf(schedule, changed.filter((_, at) => at !== back).map(heldLonger));
    }
  }
}

/**
 * What waits for the end of sections with interrupts off may as well wait for a VMM that has not let all
 * vCPUs go on: no section then, and whoever reads does so on the last vCPU, or where it did.
 */
export function* heldBack(schedule: Schedule): Iterable<Try> {
  const { machine } = schedule;
  const commands = schedule.commands.filter(({ kind }) => kind !== 'hold-interrupts');
  if (commands.length === schedule.commands.length || commands.length > LONG) return;
  if (machine.declared.gapNs === undefined) return;
  const last = (machine.vms[0]?.vcpus.length ?? 1) - 1;
  for (let back = 0; back < commands.length; back++) {
    const command = commands[back];
    if (command?.kind !== 'vm-resume' && command?.kind !== 'vm-migrate') continue;
    const wait = commands.findIndex(({ kind }, at) => at > back && kind === 'elapse');
    const waiting = longer({ machine, commands }, wait);
    if (waiting === undefined) continue;
    for (let steps = 1; steps <= WAYS; steps++) {
      const brokenOff = waiting.with(back, { ...command, stopAfter: steps });
      yield tryOf(schedule, brokenOff);
      yield tryOf(
        schedule,
        brokenOff.map((each, at) => (at > back ? readOn(each, last) : each)),
      );
    }
  }
}

/** A host that woke, and waited before it let its VMs go on, has slept for longer. */
export function* longerSleeps(schedule: Schedule): Iterable<Try> {
  const { commands } = schedule;
  for (let at = 0; at < commands.length; at++) {
    const command = commands[at];
    if (command?.kind !== 'host-suspend' || command.wakesAfterNs === undefined) continue;
    const wait = commands.findIndex(({ kind }, later) => later > at && kind === 'elapse');
    const waited = commands[wait];
    if (waited?.kind !== 'elapse') continue;
    const { stopAfter: _, ...whole } = command;
    const slept: CommandOf<'host-suspend'> = {
      ...whole,
      wakesAfterNs: command.wakesAfterNs + waited.ns,
    };
    const changed = commands.with(at, slept).filter((_, place) => place !== wait);
    const goesOn = changed.findIndex((each, later) => later > at && isGoingOn(each));
    yield tryOf(
      schedule,
      changed.filter((_, place) => place !== goesOn),
    );
  }
}

/**
 * The plainest story of what is read too early: two of the reads, one in a section with interrupts off that
 * a stop fell into, the other after it; one vCPU, and a VMM that is broken off for the stop.
 */
export function* readsAround(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  const [vm] = machine.vms;
  if (gapNs === undefined || vm === undefined) return;
  if (commands.length <= SHORT || commands.length > LONG) return;
  const alone = onOneVcpu(machine, vm);
  const actor = { vm: 0, vcpu: 0 } as const;
  const reads = commands.filter(isRead).map((read) => readOn(read, 0));
  for (let last = reads.length - 1; last > 0; last--) {
    for (let steps = 1; steps <= WAYS; steps++) {
      const [early, late] = [reads[last - 1], reads[last]];
      if (early === undefined || late === undefined) continue;
      yield tryOf({ machine: alone, commands }, [
        { kind: 'hold-interrupts', actor, ns: 2n, cause: 'irq-off' },
        {
          ...{ kind: 'vm-save', actor: { vm: 0, task: 'vmm' }, snapshot: 0 },
          stopAfter: steps,
        },
        { kind: 'elapse', ns: gapNs + 1n },
        early,
        // More than any law takes for rounding.
        { kind: 'elapse', ns: 100n },
        late,
      ]);
    }
  }
}

/**
 * The same on all vCPUs: the early read is made on the last one, as soon as it goes on, the late one when
 * the VMM is through.
 */
export function* readsBetween(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  if (gapNs === undefined || commands.length <= SHORT) return;
  const waits = commands.flatMap((each) => (each.kind === 'elapse' ? [each.ns] : []));
  const ns = waits.reduce((most, each) => (each > most ? each : most), 0n);
  const vcpu = (machine.vms[0]?.vcpus.length ?? 1) - 1;
  const reads = commands.filter(isRead).map((read) => readOn(read, vcpu));
  const [early, late] = reads.slice(-2);
  if (early === undefined || late === undefined) return;
  const vmm = { vm: 0, task: 'vmm' } as const;
  for (let steps = 1; steps <= WAYS; steps++) {
    yield tryOf(schedule, [
      { kind: 'vm-pause', actor: vmm },
      { kind: 'elapse', ns },
      { kind: 'vm-resume', actor: vmm, stopAfter: steps },
      early,
      { kind: 'elapse', ns: gapNs + 1n },
      late,
    ]);
  }
}

/** The plainest story of what a tick makes of a clock that the VMM has not put right yet; one vCPU. */
export function* tickBetween(schedule: Schedule): Iterable<Try> {
  const { machine, commands } = schedule;
  const { gapNs } = machine.declared;
  const [vm] = machine.vms;
  const last = commands.at(-1);
  if (gapNs === undefined || vm === undefined || last === undefined) return;
  if (commands.length <= SHORT || commands.length > LONG) return;
  const alone = onOneVcpu(machine, vm);
  const vmm = { vm: 0, task: 'vmm' } as const;
  for (let steps = 1; steps <= WAYS; steps++) {
    yield tryOf({ machine: alone, commands }, [
      { kind: 'vm-pause', actor: vmm },
      { kind: 'elapse', ns: NSEC_PER_SEC / BigInt(machine.hz) },
      { kind: 'vm-resume', actor: vmm, stopAfter: steps },
      { kind: 'tick', actor: { vm: 0, vcpu: 0 } },
      { kind: 'elapse', ns: gapNs + 1n },
      readOn(last, 0),
    ]);
  }
}

export const GAP_PASSES: readonly Pass[] = [
  gapWaits,
  wholeStops,
  longerSleeps,
  readsAround,
  tickBetween,
];

function onOneVcpu(machine: Machine, vm: Vm): Machine {
  if (vm.vcpus.length === 1) return machine;
  return { ...machine, vms: [{ ...vm, vcpus: vm.vcpus.slice(0, 1) }] };
}

function tryOf({ machine }: Schedule, commands: readonly Command[]): Try {
  return { schedule: { machine, commands }, at: 0, memo: 0n };
}

/** The commands with the wait at `at` longer by what a VMM may take; undefined: there is none. */
function longer({ machine, commands }: Schedule, at: number): readonly Command[] | undefined {
  const wait = commands[at];
  if (wait?.kind !== 'elapse') return undefined;
  return commands.with(at, { kind: 'elapse', ns: wait.ns + (machine.declared.gapNs ?? 0n) });
}

function heldLonger(command: Command): Command {
  return command.kind === 'hold-interrupts' ? { ...command, ns: command.ns + 1n } : command;
}

function isGoingOn(command: Command | undefined): boolean {
  return command?.kind === 'continue' && 'task' in command.actor;
}

function isRead(command: Command): command is CommandOf<'read' | 'snapshot'> {
  return command.kind === 'read' || command.kind === 'snapshot';
}

function readOn(command: Command, vcpu: number): Command {
  return isRead(command) ? { ...command, actor: { ...command.actor, vcpu } } : command;
}
