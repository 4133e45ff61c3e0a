import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  NOBODY_TOLD,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  RATE_IS_OFF,
  REALTIME_BEHIND,
  STALE,
} from './reasons.js';
import { BETWEEN_STEPS, GET_CLOCK, pauseVcpus, runVcpus, SET_CLOCK } from './steps.js';

const FALLS_SHORT = {
  law: 'monotonic-keeps-moving',
  because: 'a clock that is set back while the vCPUs run is behind the time that they ran',
};
const RESTORES_LATE = {
  law: 'restore-comes-before-run',
  because: 'kvmclock is read before the vCPUs stop, or set after they run',
};

/** Cloud Hypervisor as reported in #7930: the clock is read too early and set too late. */
export const cloudHypervisorOldOrder: Design = {
  name: 'cloud-hypervisor-old-order',
  statement: 'kvmclock is read before the vCPUs stop, and set after they go on.',
  source: {
    title: 'Cloud Hypervisor #7930',
    url: 'https://github.com/cloud-hypervisor/cloud-hypervisor/issues/7930',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    goesBack('kvmclock counts the stop until it is set back'),
    jumps('kvmclock counts the stop until it is set back'),
    BOOTTIME_FOLLOWS,
    ...REALTIME_BEHIND,
    STALE,
    ...NOBODY_TOLD,
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    LEASE,
    NTP_UNTOLD,
    FALLS_SHORT,
    RESTORES_LATE,
    RATE_IS_OFF,
    PATHS_DISAGREE,
  ],
  pause: (vcpus) => [GET_CLOCK, ...pauseVcpus(vcpus)],
  resume: (vcpus) => [...runVcpus(vcpus), SET_CLOCK],
};

/** After the first repair, #7932: what passes between the read and the stop is still taken back. */
export const cloudHypervisorOldOrderGetFirst: Design = {
  ...cloudHypervisorOldOrder,
  name: 'cloud-hypervisor-old-order-get-first',
  statement: 'kvmclock is read before the vCPUs stop, and set before they go on.',
  source: {
    title: 'Cloud Hypervisor #7932',
    url: 'https://github.com/cloud-hypervisor/cloud-hypervisor/pull/7932',
  },
  breaks: [
    goesBack('what is read between the read of kvmclock and the stop is taken back'),
    BOOTTIME_FOLLOWS,
    ...REALTIME_BEHIND,
    ...NOBODY_TOLD,
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    NTP_UNTOLD,
    FALLS_SHORT,
    RESTORES_LATE,
    PATHS_DISAGREE,
  ],
  resume: (vcpus) => [SET_CLOCK, ...runVcpus(vcpus)],
};
