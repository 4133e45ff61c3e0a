import type { Event, EventKind, EventOf } from '../../../src/contract/event.js';
import type { Machine } from '../../../src/contract/machine.js';
import type { Command, HostActor, VcpuActor, VmmActor } from '../../../src/contract/schedule.js';
import { sceneMachine } from '../../../src/generators/scene.js';
import { DESIGNS } from '../../../src/model/designs/index.js';
import { referenceGuest } from '../../../src/model/reference.js';

export const HOST: HostActor = { host: 0 };
export const VMM: VmmActor = { vm: 0, task: 'vmm' };
export const V0: VcpuActor = { vm: 0, vcpu: 0 };
export const V1: VcpuActor = { vm: 0, vcpu: 1 };
export const MS = 1_000_000n;
export const SEC = 1_000_000_000n;

export const PAUSE: Command = { kind: 'vm-pause', actor: VMM };
export const RESUME: Command = { kind: 'vm-resume', actor: VMM };

export function elapse(ns: bigint): Command {
  return { kind: 'elapse', ns };
}

export function sample(actor: VcpuActor): Command {
  return { kind: 'snapshot', actor };
}

export function hold(actor: VcpuActor, ns: bigint): Command {
  return { kind: 'hold-interrupts', actor, ns, cause: 'irq-off' };
}

/** What happens where a design of the catalogue is played on the machine of its scene. */
export function played(
  name: string,
  commands: readonly Command[],
  change: (machine: Machine) => Machine = (machine) => machine,
): Played {
  const design = DESIGNS.find((each) => each.name === name);
  if (design === undefined) throw new Error(`there is no design ${name}`);
  const events: Event[] = [];
  referenceGuest().run({ machine: change(sceneMachine(design)), commands }, (event) => {
    events.push(event);
  });
  return new Played(events);
}

export class Played {
  constructor(readonly events: readonly Event[]) {}

  of<K extends EventKind>(kind: K): readonly EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  /** The samples of the clocks, in their order. */
  samples(): readonly EventOf<'snapshot-taken'>[] {
    return this.of('snapshot-taken');
  }

  /** The sample at that place; the test fails where there is none. */
  sample(at: number): EventOf<'snapshot-taken'> {
    const found = this.samples()[at];
    if (found === undefined) throw new Error(`there is no sample ${at}`);
    return found;
  }
}
