import type { ClocksourceSpec, VcpuId } from '../../contract/machine.js';
import { cloudHypervisorOldOrderGetFirst } from './cloud-hypervisor-old-order.js';
import { countersRunOn } from './counters-run-on.js';
import type { Design, HostStep } from './design.js';
import { BOOTTIME_FOLLOWS, jumps, LEASE, lateTimers, NOBODY_TOLD, NTP_UNTOLD } from './reasons.js';
import {
  BETWEEN_STEPS,
  createVcpus,
  GET_CLOCK,
  getTscs,
  loadMemory,
  pauseVcpus,
  runVcpus,
  SET_CLOCK_REALTIME,
  saveMemory,
  setDeadlines,
  setTscs,
} from './steps.js';

function forward(vcpus: readonly VcpuId[]): readonly HostStep[] {
  return [SET_CLOCK_REALTIME, ...runVcpus(vcpus)];
}

/** Cloud Hypervisor ae44c2971 on x86: kvmclock goes forward by REALTIME, also over a plain pause. */
export const cloudHypervisor2026: Design = {
  name: 'cloud-hypervisor-2026',
  statement:
    'kvmclock is read after the vCPUs stop, and set forward by what REALTIME went before they go on.',
  source: {
    title: 'Cloud Hypervisor, June 2026 (ae44c2971), #8256',
    url: 'https://github.com/cloud-hypervisor/cloud-hypervisor/pull/8256',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    jumps('kvmclock is set forward by what REALTIME went'),
    BOOTTIME_FOLLOWS,
    ...NOBODY_TOLD,
    LEASE,
    NTP_UNTOLD,
    lateTimers('a restore sets kvmclock forward, and the TSC as it was saved'),
  ],
  scene: { stop: 'save' },
  pause: (vcpus) => [...pauseVcpus(vcpus), GET_CLOCK],
  resume: forward,
  save: (vcpus, snapshot) => [...getTscs(vcpus), saveMemory(snapshot)],
  restore: (vcpus, snapshot) => [
    loadMemory(snapshot),
    ...createVcpus(vcpus),
    ...setTscs(vcpus),
    ...setDeadlines(vcpus),
    ...forward(vcpus),
  ],
};

/** The counter of Arm: 24 MHz, and no kvmclock. */
const ARCH_COUNTER: ClocksourceSpec = {
  name: 'arch_sys_counter',
  freq: 24_000_000n,
  scale: 1n,
  widthBits: 56,
  nonstop: false,
};

const { isOfAnyMachine: _, vacuous: __, ...naive } = countersRunOn;

/** The same VMM on arm64: CNTVCT goes on over a pause, and forward by REALTIME over a restore. */
export const cloudHypervisor2026Arm64: Design = {
  ...naive,
  name: 'cloud-hypervisor-2026-arm64',
  statement: 'CNTVCT runs on over a pause; a restore sets it forward by what REALTIME went.',
  source: cloudHypervisor2026.source,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    ...naive.breaks,
    NTP_UNTOLD,
    {
      law: 'all-counters-move-together',
      because: 'a restore moves the virtual counter and leaves the physical one',
    },
  ],
  scene: {
    stop: 'save',
    clocksource: ARCH_COUNTER,
    kvmclock: null,
    hosts: [{ counterHz: ARCH_COUNTER.freq, counterBoot: 86_400_000_000n, realtimeErrorNs: 0n }],
    // A restore counts on in whole cycles.
    declared: { counterPpb: 1n },
  },
  pause: (vcpus) => [...pauseVcpus(vcpus), { kind: 'get-cntvct' }],
  restore: (vcpus, snapshot) => [
    loadMemory(snapshot),
    { kind: 'set-cntvct', realtime: true },
    ...runVcpus(vcpus),
  ],
};

/** ff20f1836, between the two repairs of #7930. */
export const cloudHypervisor202603: Design = {
  ...cloudHypervisorOldOrderGetFirst,
  name: 'cloud-hypervisor-2026-03',
  statement: 'As cloud-hypervisor-old-order-get-first: what was deployed from March to June 2026.',
};

export const CLOUD_HYPERVISORS_2026: readonly Design[] = [
  cloudHypervisor2026,
  cloudHypervisor2026Arm64,
  cloudHypervisor202603,
];
