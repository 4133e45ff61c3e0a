import type { Command, SnapshotId } from '../contract/schedule.js';
import type { HostStep } from './designs/design.js';
import type { SavedVm } from './saved-vm.js';
import type { Vm } from './vm.js';

type VmmOperation = Extract<
  Command,
  { kind: 'vm-pause' | 'vm-resume' | 'vm-save' | 'vm-restore' | 'vm-migrate' }
>;

/** The steps that a VMM takes for a command, made of its design's two lists; or why it takes none. */
export function begin(
  vm: Vm,
  command: VmmOperation,
  snapshots: ReadonlyMap<SnapshotId, SavedVm>,
  hosts: number,
): readonly HostStep[] | string {
  const all = vm.vcpus.map((_, at) => at);
  const { design, isStopped } = vm;
  switch (command.kind) {
    case 'vm-pause':
      return isStopped ? 'the VM is stopped' : design.pause(all);
    case 'vm-resume':
      return isStopped ? design.resume(all) : 'the VM is running';
    case 'vm-save': {
      const { snapshot } = command;
      const save: readonly HostStep[] = design.save?.(all, snapshot) ?? [
        { kind: 'save-memory', snapshot },
      ];
      return isStopped ? save : [...design.pause(all), ...save, ...design.resume(all)];
    }
    case 'vm-restore': {
      const { snapshot } = command;
      if (!snapshots.has(snapshot)) return `there is no snapshot ${snapshot}`;
      return [
        ...discard(vm),
        ...(design.restore?.(all, snapshot) ?? [
          { kind: 'load-memory', snapshot },
          ...design.resume(all),
        ]),
      ];
    }
    case 'vm-migrate': {
      const { to } = command;
      if (to === vm.host || to >= hosts) return `there is no other host ${to}`;
      const ownList = design.migrate?.(all, to);
      if (ownList !== undefined) return isStopped ? ownList : [...design.pause(all), ...ownList];
      const move: HostStep = { kind: 'move', to };
      return isStopped ? [move] : [...design.pause(all), move, ...design.resume(all)];
    }
  }
}

/** A life that is thrown away is stopped without ceremony. */
function discard(vm: Vm): readonly HostStep[] {
  return vm.vcpus.flatMap((vcpu, at): HostStep[] =>
    vcpu.running ? [{ kind: 'pause-vcpu', vcpu: at, counters: 'run' }] : [],
  );
}
