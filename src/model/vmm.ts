import type { SnapshotId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { takeClockStep } from './clock-steps.js';
import { type HostStep, nameOf } from './designs/host-step.js';
import { abortFreeze } from './freeze.js';
import { goesOnWithoutAck, takeGuestStep } from './guest-steps.js';
import { tellHandled } from './handlers.js';
import { takePageStep } from './page-steps.js';
import { pauseVcpu, runVcpu } from './running.js';
import type { SavedVm } from './saved-vm.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** The VMM of one VM: it takes the steps of its design, and may be stopped between two of them. */
export class Vmm {
  private steps: readonly HostStep[] = [];
  private at = 0;
  /** True time that passed between the steps of the list so far, ns. */
  private waitedNs: Ns = 0n;
  /** Its host sleeps, and it with it. */
  isAsleep = false;
  isInterruptible = false;

  constructor(
    readonly vm: Vm,
    /** The saved states, shared by all VMMs of the world. */
    private readonly snapshots: Map<SnapshotId, SavedVm>,
  ) {}

  get isBusy(): boolean {
    return this.at < this.steps.length;
  }

  /** @param isOneWay what stops or starts the VM, which the next stop may interrupt where its design says so */
  begin(steps: readonly HostStep[], isOneWay = false): void {
    this.steps = steps;
    this.isInterruptible = isOneWay && this.vm.design.isInterruptible === true;
    this.at = 0;
    this.waitedNs = 0n;
  }

  /** True time passed. */
  waited(ns: Ns): void {
    if (this.isBusy && !this.isAsleep) this.waitedNs += ns;
  }

  /** How much of `gapNs` is left, ns. */
  gapLeftNs(gapNs: Ns): Ns {
    return gapNs > this.waitedNs ? gapNs - this.waitedNs : 0n;
  }

  /** Takes up to `count` of the steps that are left. @returns why it went no further, if it gave up. */
  step(count: number): string | undefined {
    for (let left = count; left > 0; left--) {
      const step = this.steps[this.at];
      if (step === undefined) break;
      this.at++;
      if (step.kind === 'await-ack' && this.vm.frozenAtNs === undefined) {
        if (!goesOnWithoutAck(this.vm, step)) {
          this.begin([]);
          abortFreeze(this.vm);
          return 'the guest did not acknowledge the freeze';
        }
      }
      this.take(step);
      if (!this.isBusy) this.end(step);
    }
    return undefined;
  }

  /** The list of a resume, a restore or a migration ends with the guest running and told. */
  private end(last: HostStep): void {
    if (last.kind !== 'save-memory' && last.kind !== 'move') this.ended();
  }

  /** Nothing is left to do for the host: the stop is handled where the guest's handlers have completed. */
  ended(): void {
    const { vm } = this;
    if (!vm.vcpus.every(({ running }) => running)) return;
    vm.away.owesHandled = true;
    tellHandled(vm);
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
      case 'create-vcpu':
      case 'get-clock':
      case 'set-clock':
      case 'update-master-clock':
      case 'kvmclock-ctrl':
      case 'get-tsc':
      case 'set-tsc':
      case 'set-tsc-offset':
      case 'set-deadline':
      case 'get-cntvct':
      case 'set-cntvct':
        takeClockStep(vm, step);
        break;
      case 'write-page':
      case 'bump-marker':
      case 'bump-generation':
        takePageStep(vm, step);
        break;
      case 'await-ack':
        break;
      default:
        takeGuestStep(vm, step);
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
    vm.clocks.renew();
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
    vm.clocks.renew();
  }
}
