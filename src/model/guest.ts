import type { Emit } from '../contract/event.js';
import type { Actor, Command, CommandOf, SnapshotId, VcpuActor } from '../contract/schedule.js';
import { read, resume, suspend, tick } from './acts.js';
import { stampOrUse } from './application.js';
import { pollDaemon } from './daemon.js';
import { block, hostAdjtimex } from './deadline-timer.js';
import { finishOperations } from './freeze.js';
import { runDeferred, takeInterrupt, workerOf } from './handlers.js';
import { heldFrom, holdInterrupts } from './hold.js';
import { waitForHorizon } from './horizon.js';
import { HostSuspends } from './host-suspend.js';
import { sayTimekeeper } from './publications.js';
import { readLatch } from './read-paths.js';
import { deliverDue, runVcpu } from './running.js';
import type { SavedVm } from './saved-vm.js';
import { step } from './stepping.js';
import { adjtimex, crossTimestamp, settime, snapshot } from './system-calls.js';
import { idle, restartTick, startTick, wake } from './tick-sched.js';
import { arm, cancel } from './timers.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';
import { Vmm } from './vmm.js';
import { begin } from './vmm-operations.js';
import { elapseAll } from './waiting.js';
import { startWatchdogs, touchOrCheck } from './watchdogs.js';
import type { World } from './world.js';

/** What a command came to: nothing to say, or why it meant nothing. */
type Outcome = string | undefined;

/** The guests of one machine: takes a schedule's commands one by one. It owns no arithmetic. */
export class Guests {
  private readonly vmms: readonly Vmm[];
  private readonly hostSuspends: HostSuspends;
  private readonly snapshots = new Map<SnapshotId, SavedVm>();

  constructor(
    private readonly world: World,
    private readonly vms: readonly Vm[],
    private readonly emit: Emit,
  ) {
    this.vmms = vms.map((vm) => new Vmm(vm, this.snapshots));
    this.hostSuspends = new HostSuspends(this.vmms);
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
      startWatchdogs(vm);
    }
  }

  /** Takes the command at position `at` of the schedule. */
  take(command: Command, at: number): void {
    const because =
      command.kind === 'elapse'
        ? elapseAll(this.world, this.vms, this.vmms, command.ns)
        : 'vcpu' in command.actor
          ? this.takeOnVcpu(command as VcpuCommand, command.actor)
          : 'host' in command.actor
            ? this.takeOnHost(command as HostCommand)
            : command.actor.task === 'vmm'
              ? this.takeOnVmm(command as VmmCommand)
              : this.takeInTask(command as TaskCommand);
    if (because !== undefined) this.skip(command, at, because);
  }

  /** The end of the schedule: stopped writers run to completion, then readers. */
  end(): void {
    for (const vm of this.vms) {
      finishOperations(vm);
      for (const vcpu of vm.vcpus) takeInterrupt(vm, vcpu);
      const worker = workerOf(vm);
      if (worker !== undefined) runDeferred(vm, worker);
    }
  }

  private takeOnHost(command: HostCommand): Outcome {
    switch (command.kind) {
      case 'host-adjtimex':
        return hostAdjtimex(this.world, this.vms, command, this.emit);
      case 'host-suspend':
        return this.hostSuspends.suspend(command.actor.host) ?? this.sleep(command);
      case 'host-resume':
        return this.wakeHost(command);
    }
  }

  /** A host that wakes by itself. */
  private sleep(command: CommandOf<'host-suspend'>): Outcome {
    if (command.wakesAfterNs === undefined) return undefined;
    const because = elapseAll(this.world, this.vms, this.vmms, command.wakesAfterNs);
    return this.wakeHost(command) ?? because;
  }

  private wakeHost({ actor, stopAfter }: CommandOf<'host-suspend' | 'host-resume'>): Outcome {
    return this.hostSuspends.resume(actor.host, stopAfter ?? Number.POSITIVE_INFINITY);
  }

  private takeInTask(command: TaskCommand): Outcome {
    const vm = this.vms[command.actor.vm];
    if (vm === undefined) return `the machine has no VM ${command.actor.vm}`;
    const vcpu = vm.vcpus[command.on];
    if (vcpu !== undefined) takeInterrupt(vm, vcpu);
    return command.kind === 'daemon-poll' ? pollDaemon(vm, command) : stampOrUse(vm, command);
  }

  private takeOnVmm(command: VmmCommand): Outcome {
    const vmm = this.vmms[command.actor.vm];
    if (vmm === undefined) return `the machine has no VM ${command.actor.vm}`;
    if (this.hostSuspends.isAsleep(vmm.vm.host)) return 'the host is suspended';
    if (command.kind === 'continue') {
      return vmm.isBusy
        ? vmm.step(command.steps ?? Number.POSITIVE_INFINITY)
        : 'it was not stopped';
    }
    const { design, vcpus } = vmm.vm;
    const { kind } = command;
    if (kind === 'vm-pause' && vmm.isInterruptible) vmm.begin([]);
    const isCalledOff = kind === 'vm-resume' && vcpus.every(({ running }) => running);
    if (isCalledOff && vmm.isBusy && vmm.isInterruptible && design.callOff !== undefined) {
      vmm.begin(design.callOff);
      return vmm.step(Number.POSITIVE_INFINITY);
    }
    const stuck = vmm.step(Number.POSITIVE_INFINITY);
    if (stuck !== undefined) return stuck;
    const steps = begin(vmm.vm, command, this.snapshots, this.world.machine.hosts.length);
    if (typeof steps === 'string') return steps;
    vmm.begin(steps, kind === 'vm-pause' || kind === 'vm-resume');
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
    takeInterrupt(vm, vcpu);
    return this.act(vm, vcpu, command);
  }

  private act(vm: Vm, vcpu: Vcpu, command: Exclude<VcpuCommand, { kind: 'continue' }>): Outcome {
    if (isOfTask(command)) {
      return command.kind === 'run-deferred'
        ? runDeferred(vm, vcpu)
        : touchOrCheck(vm, vcpu, command);
    }
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
        return waitForHorizon(vm, vcpu) ?? snapshot(vm, vcpu);
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
        return cancel(vm, vcpu, command.timer);
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
type HostCommand = CommandOf<'host-adjtimex' | 'host-suspend' | 'host-resume'>;
type TaskCommand = CommandOf<'daemon-poll' | 'take-timestamp' | 'use-timestamp'>;
type VcpuCommand = Exclude<
  Command,
  { kind: 'elapse' } | HostCommand | TaskCommand | { readonly actor: { readonly task: 'vmm' } }
>;

function isOfTask(
  command: Command,
): command is CommandOf<'touch-watchdog' | 'check-watchdog' | 'run-deferred'> {
  const { kind } = command;
  return kind === 'touch-watchdog' || kind === 'check-watchdog' || kind === 'run-deferred';
}
