import { UsageError } from '../contract/errors.js';
import type { Emit } from '../contract/event.js';
import type { Machine, Vm as VmSpec } from '../contract/machine.js';
import type { SyncSubject } from '../contract/subject.js';
import { type Clocksource, registerClocksource } from './clocksource.js';
import type { Design } from './designs/design.js';
import { DESIGNS } from './designs/index.js';
import { orderOfName } from './designs/order.js';
import type { Fault } from './faults/fault.js';
import { Guests } from './guest.js';
import { KERNEL_RULES } from './rules.js';
import { Vm } from './vm.js';
import { World } from './world.js';

/**
 * The reference guest: Linux 6.12's timekeeping on modelled hosts, with faults if wanted.
 *
 * Its `run` throws {@link UsageError} for a machine that cannot be: a clocksource that the kernel
 * would not register, a VM on a host or with a design that does not exist.
 */
export function referenceGuest(options: { readonly faults?: readonly Fault[] } = {}): SyncSubject {
  const boot = booter(options.faults ?? []);
  return {
    mode: 'sync',
    name: 'reference',
    run({ machine, commands }, emit) {
      const guests = boot(machine, emit);
      for (let at = 0; at < commands.length; at++) {
        const command = commands[at];
        if (command !== undefined) guests.take(command, at);
      }
      guests.end();
    },
  };
}

/** Boots the guests of a machine, to be given commands one by one; the way in for other drivers. */
export function booter(faults: readonly Fault[]): (machine: Machine, emit: Emit) => Guests {
  const rules = faults.reduce((so, fault) => fault.inject(so), KERNEL_RULES);
  const registered = new WeakMap<VmSpec['clocksource'], Clocksource>();
  const clocksourceOf = (spec: VmSpec): Clocksource => {
    const known = registered.get(spec.clocksource);
    if (known !== undefined) return known;
    const found = registerClocksource(spec.clocksource);
    registered.set(spec.clocksource, found);
    return found;
  };
  return (machine, emit) => {
    const world = new World(machine);
    const vms = machine.vms.map((spec, id) => {
      const design = designOf(machine, spec, id);
      return new Vm(id, spec, { design, clocksource: clocksourceOf(spec), rules }, world, emit);
    });
    const guests = new Guests(world, vms, emit);
    guests.boot();
    return guests;
  };
}

function designOf(machine: Machine, spec: VmSpec, id: number): Design {
  if (machine.hosts[spec.host] === undefined) {
    throw new UsageError(
      `VM ${id} boots on host ${spec.host}; the machine has hosts 0 to ${machine.hosts.length - 1}.`,
    );
  }
  const design =
    DESIGNS.find((candidate) => candidate.name === spec.design) ?? orderOfName(spec.design);
  if (design !== undefined) return design;
  const names = DESIGNS.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`VM ${id} has design "${spec.design}". Designs: ${names}.`);
}
