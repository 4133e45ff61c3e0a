import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  jumps,
  LEASE,
  lateTimers,
  NOBODY_TOLD,
  NTP_UNTOLD,
  REALTIME_BEHIND,
} from './reasons.js';
import { ON_TSC } from './scenes.js';
import {
  BETWEEN_STEPS,
  createVcpus,
  GET_CLOCK,
  getTscs,
  KVMCLOCK_CTRL,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
  SET_CLOCK_REALTIME,
  setDeadlines,
  setTscs,
} from './steps.js';

/** Firecracker before #5809: the flags of KVM_GET_CLOCK are handed back as they came, REALTIME among them. */
export const firecrackerRestoreKvmclock: Design = {
  name: 'firecracker-restore-kvmclock',
  statement:
    'Restored vCPUs get their TSC as it was saved, and kvmclock forward by the age of the snapshot.',
  source: {
    title:
      'Firecracker #5809: kvmclock jumped by the age of the snapshot on hosts since Linux 5.16',
    url: 'https://github.com/firecracker-microvm/firecracker/pull/5809',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    jumps('kvmclock is set forward by the age of the snapshot'),
    BOOTTIME_FOLLOWS,
    ...NOBODY_TOLD,
    LEASE,
    NTP_UNTOLD,
    lateTimers('the deadline is still as far away on the TSC as it was when it was saved'),
  ],
  scene: { stop: 'save' },
  pause: (vcpus) => [...pauseVcpus(vcpus), GET_CLOCK, ...getTscs(vcpus)],
  resume: (vcpus) => [
    ...createVcpus(vcpus),
    SET_CLOCK_REALTIME,
    ...setTscs(vcpus),
    ...setDeadlines(vcpus),
    KVMCLOCK_CTRL,
    ...runVcpus(vcpus),
  ],
};

const GOES_ON_FROM_THERE = [BOOTTIME_FOLLOWS, ...REALTIME_BEHIND, ...NOBODY_TOLD, NTP_UNTOLD];

/** The same snapshot, and a guest whose clocks read the TSC. */
export const firecrackerRestoreTsc: Design = {
  ...firecrackerRestoreKvmclock,
  name: 'firecracker-restore-tsc',
  statement: 'As firecracker-restore-kvmclock, for a guest whose clocks read the TSC.',
  breaks: GOES_ON_FROM_THERE,
  scene: { stop: 'save', ...ON_TSC },
};

/** The same snapshot on a host whose KVM_GET_CLOCK says no REALTIME. */
export const firecrackerRestoreKvmclock515: Design = {
  ...firecrackerRestoreKvmclock,
  name: 'firecracker-restore-kvmclock-5.15',
  statement: 'As firecracker-restore-kvmclock, on hosts before Linux 5.16.',
  breaks: GOES_ON_FROM_THERE,
  resume: (vcpus) => [
    ...createVcpus(vcpus),
    SET_CLOCK,
    ...setTscs(vcpus),
    ...setDeadlines(vcpus),
    KVMCLOCK_CTRL,
    ...runVcpus(vcpus),
  ],
};
