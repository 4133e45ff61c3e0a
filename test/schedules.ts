import type { Event, EventKind, EventOf } from '../src/contract/event.js';
import type { DeadlineTimer, Machine } from '../src/contract/machine.js';
import type { Command, Schedule } from '../src/contract/schedule.js';
import type { SyncSubject } from '../src/contract/subject.js';
import { CLOCKSOURCES, plainMachine } from '../src/generators/machine.js';
import { DESIGNS } from '../src/model/designs/index.js';

/** One vCPU of a VM, as commands name it. */
export const VCPU0 = { vm: 0, vcpu: 0 } as const;
export const VCPU1 = { vm: 0, vcpu: 1 } as const;
export const VMM = { vm: 0, task: 'vmm' } as const;

export function designNamed(name: string): (typeof DESIGNS)[number] {
  const design = DESIGNS.find((candidate) => candidate.name === name);
  if (design === undefined) throw new Error(`no design ${name}`);
  return design;
}

/** The plain machine with two vCPUs that follows a design: kvm-clock, so one cycle is one nanosecond. */
export function machine(design = 'cooperative-freeze', change: Partial<Machine> = {}): Machine {
  return { ...plainMachine(designNamed(design), CLOCKSOURCES[1], 2), ...change };
}

/** The same machine on hosts that emulate its deadline timers. */
export function emulated(on: Machine, deadlineTimer: DeadlineTimer): Machine {
  return { ...on, vms: on.vms.map((vm) => ({ ...vm, deadlineTimer })) };
}

export function schedule(commands: readonly Command[], on: Machine = machine()): Schedule {
  return { machine: on, commands };
}

export function elapse(ns: bigint): Command {
  return { kind: 'elapse', ns };
}

export function eventsOf(subject: SyncSubject, played: Schedule): Event[] {
  const events: Event[] = [];
  subject.run(played, (event) => events.push(event));
  return events;
}

export function ofKind<K extends EventKind>(events: readonly Event[], kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}
