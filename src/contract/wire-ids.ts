import type { Event } from './event.js';
import type { Machine } from './machine.js';
import type { Actor, Command } from './schedule.js';
import { upTo } from './wire-machine.js';
import type { Complaint } from './wire-shape.js';

/** The first id in a command or an event that its machine does not have. */
export function stranger(act: Command | Event, machine: Machine): Complaint | undefined {
  if (act.kind === 'elapse') return undefined;
  const complaint = strangeActor(act.actor, machine);
  if (complaint !== undefined) return complaint;
  switch (act.kind) {
    case 'booted':
      return strangeHost('host', act.host, machine);
    case 'vm-migrate':
      return strangeHost('to', act.to, machine);
    case 'vm-migrated':
      return strangeHost('from', act.from, machine) ?? strangeHost('to', act.to, machine);
    default:
      return undefined;
  }
}

function strangeActor(actor: Actor, machine: Machine): Complaint | undefined {
  if ('host' in actor) {
    const complaint = strangeHost('host', actor.host, machine);
    return complaint && { ...complaint, path: ['actor', 'host'] };
  }
  const vm = machine.vms[actor.vm];
  if (vm === undefined) {
    const because = `expected a VM of the machine, ${upTo(machine.vms.length)}`;
    return { path: ['actor', 'vm'], because };
  }
  if ('task' in actor || actor.vcpu < vm.vcpus.length) return undefined;
  const because = `expected a vCPU of VM ${actor.vm}, ${upTo(vm.vcpus.length)}`;
  return { path: ['actor', 'vcpu'], because };
}

function strangeHost(field: string, host: number, machine: Machine): Complaint | undefined {
  if (host < machine.hosts.length) return undefined;
  const because = `expected a host of the machine, ${upTo(machine.hosts.length)}`;
  return { path: [field], because };
}
