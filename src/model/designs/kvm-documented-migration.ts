import type { Design } from './design.js';
import { kvmClockRealtime } from './kvm-clock-realtime.js';
import { forwardTscOffsets, GET_CLOCK, goingOn, runVcpus, SET_CLOCK_REALTIME } from './steps.js';

/** The algorithm of the kernel's page on vCPU attributes to the letter: kvmclock is read again once it is set. */
export const kvmDocumentedMigration: Design = {
  ...kvmClockRealtime,
  name: 'kvm-documented-migration',
  statement:
    'kvmclock is set forward by REALTIME and read again; each TSC keeps what it shows where that is 0.',
  ...goingOn((vcpus) => [
    SET_CLOCK_REALTIME,
    GET_CLOCK,
    ...forwardTscOffsets(vcpus),
    ...runVcpus(vcpus),
  ]),
};
