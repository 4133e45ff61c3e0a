import type { Emit } from '../contract/event.js';
import type { Actor, Command, CommandOf, SnapshotId, VcpuActor } from '../contract/schedule.js';
import { setAlarm } from './alarm.js';
import { block, hostAdjtimex } from './deadline-timer.js';
import { elapse } from './elapse.js';
import { finishOperations, guestResume, guestSuspend } from './freeze.js';
import { heldFrom, holdInterrupts } from './hold.js';
import { sayTimekeeper } from './publications.js';
import {
  readDirect,
  readFileStamp,
  readInside,
  readLatch,
  readPage,
  readTimerBase,
} from './read-paths.js';
import { isSteppedClock } from './shared-words.js';
import { beginRead, beginTick, step } from './stepping.js';
import { adjtimex, crossTimestamp, settime, snapshot } from './system-calls.js';
import { idle, restartTick, startTick, tickEnded, wake } from './tick-sched.js';
import { tickDirect } from './ticks.js';
import { arm, cancel } from './timers.js';
import type { Vcpu } from './vcpu.js';
import type { SavedVm, Vm } from './vm.js';
import { deliverDue, runVcpu, Vmm } from './vmm.js';
import { begin } from './vmm-operations.js';
import type { World } from './world.js';

/** What a command came to: nothing to say, or why it meant nothing. */
type Outcome = string | undefined;

/** The guests of one machine: takes a schedule's commands one by one. It owns no arithmetic. */
export class Guests {
  private readonly vmms: readonly Vmm[];
  private readonly snapshots = new Map<SnapshotId, SavedVm>();

  constructor(
    private readonly world: World,
    private readonly vms: readonly Vm[],
    private readonly emit: Emit,
  ) {
    this.vmms = vms.map((vm) => new Vmm(vm, this.snapshots));
  }

  /** Boots every VM at true time 0. */
  boot(): void {
    for (const vm of this.vms) {
      const { nowNs } = this.world;
      this.emit({
        kind: 'booted',
        actor: vm.actor,
        incarnation: vm.incarnation,
        earliestNs: nowNs,
        latestNs: nowNs,
        host: vm.host,
      });
      for (const vcpu of vm.vcpus) runVcpu(vm, vcpu);
      const [boot] = vm.vcpus;
      if (boot !== undefined) sayTimekeeper(vm, boot);
      startTick(vm);
    }
  }

  /** Takes the command at position `at` of the schedule. */
  take(command: Command, at: number): void {
    const because =
      command.kind === 'elapse'
        ? elapse(this.world, this.vms, command.ns)
        : 'vcpu' in command.actor
          ? this.takeOnVcpu(command as VcpuCommand, command.actor)
          : command.kind === 'host-adjtimex'
            ? hostAdjtimex(this.world, this.vms, command, this.emit)
            : this.takeOnVmm(command as VmmCommand);
    if (because !== undefined) this.skip(command, at, because);
  }

  /** The end of the schedule: stopped writers run to completion, then readers. */
  end(): void {
    for (const vm of this.vms) finishOperations(vm);
  }

  private takeOnVmm(command: VmmCommand): Outcome {
    const vmm = this.vmms[command.actor.vm];
    if (vmm === undefined) return `the machine has no VM ${command.actor.vm}`;
    if (command.kind === 'continue') {
      return vmm.isBusy
        ? vmm.step(command.steps ?? Number.POSITIVE_INFINITY)
        : 'it was not stopped';
    }
    const stuck = vmm.step(Number.POSITIVE_INFINITY);
    if (stuck !== undefined) return stuck;
    const steps = begin(vmm.vm, command, this.snapshots, this.world.machine.hosts.length);
    if (typeof steps === 'string') return steps;
    vmm.begin(steps);
    return vmm.step(command.stopAfter ?? Number.POSITIVE_INFINITY);
  }

  private takeOnVcpu(command: VcpuCommand, actor: VcpuActor): Outcome {
    const vm = this.vms[actor.vm];
    const vcpu = vm?.vcpus[actor.vcpu];
    if (vm === undefined || vcpu === undefined) return 'the machine has no such vCPU';
    if (!vcpu.running) return 'the vCPU is stopped';
    const isNmi = command.kind === 'read' && command.via === 'nmi';
    const held = heldFrom(vcpu, command.kind, isNmi);
    if (held !== undefined) return held;
    // An NMI comes in between, and leaves the vCPU in the middle of what it was doing.
    if (isNmi) {
      return readLatch(vm, vcpu, command.clock);
    }
    if (vcpu.operation !== undefined) {
      const steps = command.kind === 'continue' ? command.steps : undefined;
      step(vm, vcpu, steps ?? Number.POSITIVE_INFINITY);
      deliverDue(vm, vcpu);
      if (command.kind === 'continue') return undefined;
      if (vcpu.operation !== undefined) return 'the vCPU is in the middle of an operation';
    } else if (command.kind === 'continue') return 'it was not stopped';
    return this.act(vm, vcpu, command);
  }

  private act(vm: Vm, vcpu: Vcpu, command: Exclude<VcpuCommand, { kind: 'continue' }>): Outcome {
    if (vcpu.halted) {
      if (command.kind === 'idle') return 'the vCPU is halted';
      // Whoever has something to run there interrupts it first.
      wake(vm, vcpu);
      if (!vm.words.isWriting) restartTick(vm, vcpu);
    }
    if (command.kind === 'guest-resume') return resume(vm, vcpu);
    if (vm.timekeeper.suspended) {
      if (command.kind !== 'read' || vm.frozenAtNs !== undefined) return 'the guest is suspended';
      // The kernel warns and computes, though no task is there to ask: known limit `reads-while-suspended`.
      const { stopAfter: _, ...whole } = command;
      return read(vm, vcpu, whole);
    }
    if (command.kind === 'read') return read(vm, vcpu, command);
    if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
    switch (command.kind) {
      case 'snapshot':
        return snapshot(vm, vcpu);
      case 'cross-timestamp':
        return crossTimestamp(vm, vcpu, command);
      case 'arm':
        return arm(vm, vcpu, command);
      case 'idle':
        idle(vm, vcpu);
        block(vm, vcpu);
        return undefined;
      case 'hold-interrupts':
        return holdInterrupts(vm, vcpu, command);
      case 'cancel':
        return cancel(vm, vcpu, command.timer) ? undefined : 'the timer is not armed';
    }
    if (vm.lockHolder !== undefined) return 'another vCPU holds the timekeeper';
    switch (command.kind) {
      case 'tick':
        return tick(vm, vcpu, command);
      case 'settime':
        return settime(vm, vcpu, command);
      case 'adjtimex':
        return adjtimex(vm, vcpu, command);
      case 'guest-suspend':
        return suspend(vm, vcpu);
    }
  }

  private skip(command: Command, at: number, because: string): void {
    const actor: Actor = command.kind === 'elapse' ? { host: 0 } : command.actor;
    const vm = 'vm' in actor ? this.vms[actor.vm] : undefined;
    const { nowNs } = this.world;
    this.emit({
      kind: 'skipped',
      actor,
      incarnation: vm?.incarnation ?? 0,
      earliestNs: nowNs,
      latestNs: nowNs,
      command: at,
      because,
    });
  }
}

type VmmCommand = Extract<Command, { readonly actor: { readonly task: 'vmm' } }> | VmmContinue;
type VmmContinue = CommandOf<'continue'> & { readonly actor: { readonly task: 'vmm' } };
type VcpuCommand = Exclude<
  Command,
  { kind: 'elapse' | 'host-adjtimex' } | { readonly actor: { readonly task: 'vmm' } }
>;

function read(vm: Vm, vcpu: Vcpu, command: CommandOf<'read'>): Outcome {
  const { clock, via, stopAfter } = command;
  if (command.inNamespace === true && vm.timens !== undefined) {
    // A writer that is stopped has been through the page already: see readPage().
    if (vm.words.isWriting && via !== 'vdso') return 'a writer is stopped with the sequence odd';
    readInside(vm, vcpu, vm.timens, command);
    return undefined;
  }
  if (via === 'vdso' && readPage(vm, vcpu, clock)) return undefined;
  if (via === 'timer-base' || via === 'file-stamp') {
    if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
    return via === 'timer-base' ? readTimerBase(vm, vcpu, clock) : readFileStamp(vm, vcpu, clock);
  }
  if (isSteppedClock(clock) && (stopAfter !== undefined || vm.words.isWriting)) {
    beginRead(vm, vcpu, clock, via);
    step(vm, vcpu, stopAfter ?? Number.POSITIVE_INFINITY);
  } else if (vm.words.isWriting) return 'a writer is stopped with the sequence odd';
  else readDirect(vm, vcpu, clock, via);
  return undefined;
}

function tick(vm: Vm, vcpu: Vcpu, { stopAfter }: CommandOf<'tick'>): Outcome {
  if (stopAfter === undefined) {
    tickDirect(vm, vcpu);
    tickEnded(vm, vcpu);
  } else {
    beginTick(vm, vcpu);
    step(vm, vcpu, stopAfter);
  }
  return undefined;
}

function suspend(vm: Vm, vcpu: Vcpu): Outcome {
  if (!finishOperations(vm)) return 'another vCPU is in the middle of an operation';
  if (vm.vcpus.some(({ hold }) => hold !== undefined)) return 'interrupts are off on a vCPU';
  const alarm = setAlarm(vm);
  if (alarm !== undefined) return alarm;
  guestSuspend(vm, vcpu);
  return undefined;
}

function resume(vm: Vm, vcpu: Vcpu): Outcome {
  if (!vm.timekeeper.suspended) return 'the guest is not suspended';
  if (vm.frozenAtNs !== undefined) return 'the guest is frozen';
  guestResume(vm, vcpu);
  return undefined;
}
