import type { SnapshotId } from '../contract/schedule.js';
import { deadlineReached } from './deadline-timer.js';
import { type HostStep, nameOf } from './designs/design.js';
import { freeze, thaw } from './freeze.js';
import { releaseInterrupts } from './hold.js';
import { HostClock } from './host-clock.js';
import type { Vcpu } from './vcpu.js';
import type { SavedVm, Vm } from './vm.js';

/** The VMM of one VM: it takes the steps of its design, and may be stopped between two of them. */
export class Vmm {
  private readonly hostClock = new HostClock();
  private steps: readonly HostStep[] = [];
  private at = 0;

  constructor(
    readonly vm: Vm,
    /** The saved states, shared by all VMMs of the world. */
    private readonly snapshots: Map<SnapshotId, SavedVm>,
  ) {}

  get isBusy(): boolean {
    return this.at < this.steps.length;
  }

  begin(steps: readonly HostStep[]): void {
    this.steps = steps;
    this.at = 0;
  }

  /** Takes up to `count` of the steps that are left. @returns why it went no further, if it gave up. */
  step(count: number): string | undefined {
    for (let left = count; left > 0; left--) {
      const step = this.steps[this.at];
      if (step === undefined) break;
      if (step.kind === 'await-ack' && this.vm.frozenAtNs === undefined) {
        this.begin([]);
        return 'the guest did not acknowledge the freeze';
      }
      this.at++;
      this.take(step);
      if (!this.isBusy) this.end(step);
    }
    return undefined;
  }

  /** The list of a resume, a restore or a migration ends with the guest running and told. */
  private end(last: HostStep): void {
    const { vm } = this;
    const isGoingOn = vm.vcpus.every(({ running }) => running);
    if (!isGoingOn || last.kind === 'save-memory' || last.kind === 'move') return;
    vm.emit({
      kind: 'stop-handled',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
    });
  }

  private take(step: HostStep): void {
    const { vm } = this;
    vm.emit({
      kind: 'host-step-taken',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
      step: nameOf(step),
    });
    switch (step.kind) {
      case 'pause-vcpu':
        if (step.counters === 'stop') vm.stopCounters();
        this.withVcpu(step.vcpu, pauseVcpu);
        break;
      case 'run-vcpu':
        if (step.counters === 'start') vm.startCounters();
        this.withVcpu(step.vcpu, runVcpu);
        break;
      case 'save-memory':
        this.saveMemory(step.snapshot);
        break;
      case 'load-memory':
        this.loadMemory(step.snapshot);
        break;
      case 'move':
        this.move(step.to);
        break;
      case 'notify-guest':
        if (step.of === 'freeze') freeze(vm);
        else thaw(vm);
        break;
      case 'await-ack':
        break;
      case 'get-clock':
        this.hostClock.getClock(vm);
        break;
      case 'set-clock':
        this.hostClock.setClock(vm, step.realtime);
        break;
      case 'get-tsc':
        this.hostClock.getTsc(vm, step.vcpu);
        break;
      case 'set-tsc':
        this.hostClock.setTsc(vm, step.vcpu);
        break;
      case 'set-tsc-offset':
        this.hostClock.setTscOffset(vm, step.vcpu);
    }
  }

  private withVcpu(at: number, act: (vm: Vm, vcpu: Vcpu) => void): void {
    const vcpu = this.vm.vcpus[at];
    if (vcpu !== undefined) act(this.vm, vcpu);
  }

  private saveMemory(snapshot: SnapshotId): void {
    const { vm } = this;
    this.snapshots.set(snapshot, vm.save());
    vm.emit({
      kind: 'vm-saved',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
      snapshot,
    });
  }

  private loadMemory(snapshot: SnapshotId): void {
    const { vm } = this;
    const saved = this.snapshots.get(snapshot);
    if (saved === undefined) return;
    vm.load(saved);
    vm.emit({
      kind: 'vm-restored',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
      snapshot,
    });
  }

  private move(to: number): void {
    const { vm } = this;
    const from = vm.host;
    vm.host = to;
    vm.findDue();
    vm.emit({
      kind: 'vm-migrated',
      actor: vm.actor,
      incarnation: vm.incarnation,
      earliestNs: vm.world.nowNs,
      latestNs: vm.world.nowNs,
      from,
      to,
    });
  }
}

export function pauseVcpu(vm: Vm, vcpu: Vcpu): void {
  vcpu.running = false;
  if (vcpu.hold !== undefined) {
    vcpu.hold = { ...vcpu.hold, endNs: vcpu.hold.endNs - vm.world.nowNs };
  }
  vm.emit({
    kind: 'vcpu-stopped',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
}

/** An interrupt that came while the vCPU was stopped is delivered before its first instruction. */
export function runVcpu(vm: Vm, vcpu: Vcpu): void {
  if (!vcpu.running && vcpu.hold !== undefined) {
    vcpu.hold = { ...vcpu.hold, endNs: vcpu.hold.endNs + vm.world.nowNs };
  }
  vcpu.running = true;
  vm.emit({
    kind: 'vcpu-started',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
  deliverDue(vm, vcpu);
}

/** Delivers the interrupt of the vCPU's device if it is due and can be taken. @returns how many ticks it made. */
export function deliverDue(vm: Vm, vcpu: Vcpu): number {
  if (!canInterrupt(vm, vcpu)) return 0;
  return vcpu.dueNs !== undefined && vcpu.dueNs <= vm.world.nowNs ? deadlineReached(vm, vcpu) : 0;
}

/** Interrupts are taken again from here on, what came meanwhile first. @returns as deliverDue(). */
export function release(vm: Vm, vcpu: Vcpu): number {
  releaseInterrupts(vm, vcpu);
  return deliverDue(vm, vcpu);
}

/** Its handler would read the clock: not while a writer is stopped with the sequence odd, nor in the middle of an operation. */
export function canInterrupt(vm: Vm, vcpu: Vcpu): boolean {
  return (
    vcpu.running &&
    vcpu.hold === undefined &&
    vcpu.operation === undefined &&
    !vm.words.isWriting &&
    !vm.timekeeper.suspended
  );
}
