import { PLAIN_SCENE } from '../../contract/catalogue.js';
import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  lateTimers,
  NOBODY_TOLD,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  RATE_IS_OFF,
  RAW_IS_OFF,
  realtimeIsOff,
  STALE,
} from './reasons.js';
import { MOVED, ON_TSC } from './scenes.js';
import {
  BETWEEN_STEPS,
  forwardTscOffsets,
  GET_CLOCK,
  getTscs,
  goingOn,
  pauseVcpus,
  runVcpus,
  SET_CLOCK_REALTIME,
} from './steps.js';

const JUMPS = jumps('kvmclock is set forward by what REALTIME of the hosts went');

/** The migration that the kernel documents: clock and TSC go forward by what REALTIME did. */
export const kvmClockRealtime: Design = {
  name: 'kvm-clock-realtime',
  statement:
    'kvmclock and the TSC are set forward by what REALTIME of the hosts went, before any vCPU runs.',
  source: {
    title: 'KVM: KVM_VCPU_TSC_OFFSET, the algorithm for migrations',
    url: 'https://docs.kernel.org/virt/kvm/devices/vcpu.html#attribute-kvm-vcpu-tsc-offset',
  },
  migrates: true,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [JUMPS, BOOTTIME_FOLLOWS, ...NOBODY_TOLD, LEASE, NTP_UNTOLD],
  scene: MOVED,
  pause: (vcpus) => [...pauseVcpus(vcpus), GET_CLOCK, ...getTscs(vcpus)],
  ...goingOn((vcpus) => [SET_CLOCK_REALTIME, ...forwardTscOffsets(vcpus), ...runVcpus(vcpus)]),
};

/** The vCPUs run before their offsets are written. */
export const kvmClockRealtimeOffsetsLate: Design = {
  ...kvmClockRealtime,
  name: 'kvm-clock-realtime-offsets-late',
  statement: 'As kvm-clock-realtime, but the vCPUs run on the TSC of the new host for a while.',
  breaks: [
    goesBack('the TSC of the new host is ahead until the offset is written'),
    jumps('the TSC of the new host is ahead until the offset is written'),
    BOOTTIME_FOLLOWS,
    ...realtimeIsOff('a tick before the offset is written takes what the wrong TSC shows for time'),
    {
      law: 'monotonic-keeps-moving',
      because: 'after such a tick the TSC is behind the last update, and MONOTONIC stands still',
    },
    lateTimers('deadlines are of the TSC as it was before the offset was written'),
    STALE,
    RATE_IS_OFF,
    RAW_IS_OFF,
    PATHS_DISAGREE,
    {
      law: 'restore-comes-before-run',
      because: 'a vCPU runs before its offset is written',
    },
    ...NOBODY_TOLD,
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    LEASE,
    NTP_UNTOLD,
  ],
  scene: { ...MOVED, ...ON_TSC },
  ...goingOn((vcpus) => [SET_CLOCK_REALTIME, ...runVcpus(vcpus), ...forwardTscOffsets(vcpus)]),
};

/** Seconds since 1970 of a midnight. */
const MIDNIGHT = PLAIN_SCENE.epochSec + 3_600n;
const LEAP_AFTER_SEC = 30n;

/** REALTIME of the hosts is UTC: over a leap second it says a second too little. */
export const kvmClockRealtimeLeap: Design = {
  ...kvmClockRealtime,
  name: 'kvm-clock-realtime-leap',
  statement: 'As kvm-clock-realtime, and UTC inserts a leap second while the VM is stopped.',
  breaks: [
    ...kvmClockRealtime.breaks,
    ...realtimeIsOff('the guest inserts the second that the hosts have counted already'),
  ],
  scene: {
    ...MOVED,
    epochSec: MIDNIGHT - LEAP_AFTER_SEC,
    leapSecond: { atNs: LEAP_AFTER_SEC * 1_000_000_000n },
  },
};
