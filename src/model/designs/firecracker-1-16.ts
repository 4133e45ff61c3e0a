import type { Broken } from '../../contract/catalogue.js';
import type { VcpuId } from '../../contract/machine.js';
import { countersRunOn } from './counters-run-on.js';
import type { Design, HostStep } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  jumps,
  LEASE,
  lateTimers,
  NOBODY_TOLD,
  NTP_UNTOLD,
  realtimeIsOff,
} from './reasons.js';
import {
  BETWEEN_STEPS,
  createVcpus,
  GET_CLOCK,
  getTscs,
  KVMCLOCK_CTRL,
  loadMemory,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
  SET_CLOCK_REALTIME,
  saveMemory,
  setDeadlines,
  setTscs,
} from './steps.js';

/** What a restore does, once the memory is loaded. */
function restored(vcpus: readonly VcpuId[], setClock: HostStep): readonly HostStep[] {
  return [
    ...createVcpus(vcpus),
    setClock,
    ...setTscs(vcpus),
    ...setDeadlines(vcpus),
    KVMCLOCK_CTRL,
    ...runVcpus(vcpus),
  ];
}

const PAUSE_BREAKS: readonly Broken[] = [
  jumps('over a plain pause the counters run on'),
  BOOTTIME_FOLLOWS,
  ...NOBODY_TOLD,
  LEASE,
  NTP_UNTOLD,
];

/** Firecracker 81b38b9da: a pause lets all clocks run on, a restore goes on from the snapshot. */
export const firecracker116: Design = {
  name: 'firecracker-1.16',
  statement:
    'Over a pause all clocks run on; restored vCPUs and kvmclock go on from where they were saved.',
  source: {
    title: 'Firecracker 1.16 (81b38b9da), #5809',
    url: 'https://github.com/firecracker-microvm/firecracker/pull/5809',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    ...PAUSE_BREAKS,
    ...realtimeIsOff('restored clocks go on from the snapshot, and nobody sets REALTIME'),
  ],
  scene: { stop: 'save' },
  pause: (vcpus) => [...pauseVcpus(vcpus), KVMCLOCK_CTRL],
  resume: countersRunOn.resume,
  save: (vcpus, snapshot) => [GET_CLOCK, ...getTscs(vcpus), saveMemory(snapshot)],
  restore: (vcpus, snapshot) => [loadMemory(snapshot), ...restored(vcpus, SET_CLOCK)],
};

/** The same with the option clock_realtime: kvmclock is set forward by the age of the snapshot. */
export const firecracker116ClockRealtime: Design = {
  ...firecracker116,
  name: 'firecracker-1.16-clock-realtime',
  statement: 'As firecracker-1.16, and a restore sets kvmclock forward by what REALTIME went.',
  breaks: [
    ...PAUSE_BREAKS,
    lateTimers('the deadline is still as far away on the TSC as it was when it was saved'),
  ],
  restore: (vcpus, snapshot) => [loadMemory(snapshot), ...restored(vcpus, SET_CLOCK_REALTIME)],
};
