import type { Scene } from '../../contract/catalogue.js';
import type { VcpuId } from '../../contract/machine.js';
import type { HostStep } from './host-step.js';

const HOST = { counterHz: 2_000_000_000n, counterBoot: 40_000_000_000n, realtimeErrorNs: 0n };

/** Two hosts that are up for 20 s, as KVM takes a TSC that is written as 0 for one that is just made. */
export const TSC_OF_TWO_HOSTS: Required<Pick<Scene, 'clocksource' | 'hosts'>> = {
  clocksource: { name: 'tsc', freq: 2_000_000n, scale: 1_000n, widthBits: 64, nonstop: false },
  hosts: [HOST, HOST],
};

/** Every vCPU stops, one after the other; counters run on. */
export function pauseVcpus(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'run' }));
}

/** Every vCPU goes on. */
export function runVcpus(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'run' }));
}

/** An interrupt of the design waits at every vCPU. */
export function raiseIrqs(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return vcpus.map((vcpu) => ({ kind: 'raise-irq', vcpu }));
}

/** What `qemu-migrate-tsc` does on the way out: the TSCs and kvmclock are kept as they stand. */
export function saveTscs(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return [
    ...pauseVcpus(vcpus),
    ...vcpus.map((vcpu) => ({ kind: 'get-tsc', vcpu }) as const),
    { kind: 'get-clock' },
  ];
}

/** And on the way back, before any vCPU runs. */
export function loadTscs(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return [
    ...vcpus.map((vcpu) => ({ kind: 'set-tsc', vcpu }) as const),
    { kind: 'set-clock', realtime: false },
    { kind: 'kvmclock-ctrl' },
  ];
}
