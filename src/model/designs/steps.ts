import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';
import type { Ns } from '../../contract/units.js';
import type { Design } from './design.js';
import type { HostStep } from './host-step.js';

type Vcpus = readonly VcpuId[];

/** The vCPUs stop one by one, and their counters run on. */
export function pauseVcpus(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'run' }));
}

export function runVcpus(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'run' }));
}

export function createVcpus(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'create-vcpu', vcpu }));
}

export function getTscs(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'get-tsc', vcpu }));
}

export function setTscs(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'set-tsc', vcpu }));
}

/** As the kernel documents it for a migration: the TSC moves on by what kvmclock was set forward. */
export function forwardTscOffsets(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'set-tsc-offset', vcpu, forward: true }));
}

export function setDeadlines(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'set-deadline', vcpu }));
}

export function raiseIrqs(vcpus: Vcpus): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'raise-irq', vcpu }));
}

export const GET_CLOCK: HostStep = { kind: 'get-clock' };
/** KVM_SET_CLOCK as it was kept. */
export const SET_CLOCK: HostStep = { kind: 'set-clock', realtime: false };
/** KVM_SET_CLOCK with KVM_CLOCK_REALTIME: forward by what REALTIME of the hosts went. */
export const SET_CLOCK_REALTIME: HostStep = { kind: 'set-clock', realtime: true };
export const KVMCLOCK_CTRL: HostStep = { kind: 'kvmclock-ctrl' };

export function moveTo(to: HostId): HostStep {
  return { kind: 'move', to };
}

export function saveMemory(snapshot: SnapshotId): HostStep {
  return { kind: 'save-memory', snapshot };
}

export function loadMemory(snapshot: SnapshotId): HostStep {
  return { kind: 'load-memory', snapshot };
}

/**
 * `stopError` of a design whose VMM samples or writes a clock in a step of its own: what passes between
 * two steps, by laws.md at most a millisecond.
 */
export const BETWEEN_STEPS: { readonly monotonic: Ns; readonly boottime: Ns } = {
  monotonic: 1_000_000n,
  boottime: 1_000_000n,
};

/** A resume, and a migration of a stopped VM that ends with the same steps. */
export function goingOn(
  resume: (vcpus: Vcpus) => readonly HostStep[],
): Required<Pick<Design, 'resume' | 'migrate'>> {
  return { resume, migrate: (vcpus, to) => [moveTo(to), ...resume(vcpus)] };
}
