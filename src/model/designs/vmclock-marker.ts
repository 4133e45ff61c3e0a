import type { Broken, Scene } from '../../contract/catalogue.js';
import { countersRunOn } from './counters-run-on.js';
import type { Design, SharedPage } from './design.js';
import type { HostStep } from './host-step.js';
import { qemuMigrateTsc } from './qemu-migrate.js';
import { qemuStopContKvmclock } from './qemu-stop-cont.js';
import {
  BOOTTIME_FOLLOWS,
  NO_LENGTH,
  NO_SIGN,
  NTP_UNTOLD,
  REALTIME_BEHIND,
  realtimeIsOff,
  STALE,
} from './reasons.js';
import { MOVED } from './scenes.js';
import { goingOn, pauseVcpus, runVcpus } from './steps.js';

/** Only the page is read: the guest's own clocks are another row. */
export const PAGE_SCENE: Partial<Scene> = {
  ...MOVED,
  reads: 'page',
  hasTimers: false,
  hasWatchdogs: false,
};

export const NO_GUEST_CLOCK: readonly Broken[] = [
  'monotonic-never-decreases',
  'monotonic-keeps-moving',
  'monotonic-skips-stopped-time',
  'boottime-counts-stopped-time',
  'timer-never-fires-early',
  'timer-fires-once',
  'timer-is-never-lost',
  'timer-fires-within-slack',
  'watchdogs-stay-quiet',
].map((law) => ({ law, because: 'the row is of a page, which is none of the guest’s clocks' }));

/** The guest's memory, which travels: the sequence goes on. */
const PAGE: SharedPage = {
  of: 'vmclock',
  guards: 'sequence',
  sequenceContinues: true,
  countTravels: true,
  saysTime: true,
};

const REPLACED: readonly HostStep[] = [{ kind: 'bump-marker' }, { kind: 'write-page' }];

/** QEMU's and Amazon's vmclock as it is meant: another marker, and the time of the new host, before any vCPU runs. */
export const vmclockMarker: Design = {
  name: 'vmclock-marker',
  statement: 'A page says the time and carries a marker; both are new before any vCPU runs again.',
  source: {
    title: 'UAPI.13: VMClock, the disruption marker',
    url: 'https://uapi-group.org/specifications/specs/vmclock/',
  },
  migrates: true,
  stopErrorNs: countersRunOn.stopErrorNs,
  breaks: [NO_LENGTH],
  vacuous: NO_GUEST_CLOCK,
  scene: PAGE_SCENE,
  pause: pauseVcpus,
  ...goingOn((vcpus) => [...REPLACED, ...runVcpus(vcpus)]),
  guest: { page: PAGE },
};

/** The same page, and programs that ask the guest's own clocks. */
export const vmclockMarkerSystemClock: Design = {
  ...qemuMigrateTsc,
  name: 'vmclock-marker-system-clock',
  statement: 'As vmclock-marker, for readers of the system clocks, which the page does not move.',
  breaks: [BOOTTIME_FOLLOWS, ...REALTIME_BEHIND, NO_LENGTH],
  ...goingOn((vcpus) => [...REPLACED, ...qemuMigrateTsc.resume(vcpus)]),
  guest: { page: PAGE },
};

/** QEMU's device: the marker alone. */
export const vmclockMarkerStatusUnknown: Design = {
  ...vmclockMarker,
  name: 'vmclock-marker-status-unknown',
  statement: 'As vmclock-marker, of a host that knows no time: only the marker is good.',
  vacuous: [
    ...NO_GUEST_CLOCK,
    ...[
      'realtime-is-right-at-first-read',
      'realtime-is-right-after-stop',
      'no-stale-read-after-resume',
    ].map((law) => ({ law, because: 'the page says no time' })),
  ],
  guest: { page: { ...PAGE, saysTime: false } },
};

/** QEMU's stop and cont: nobody writes the page. */
export const vmclockMarkerNotOnStop: Design = {
  ...qemuStopContKvmclock,
  name: 'vmclock-marker-not-on-stop',
  statement: 'As qemu-stop-cont-kvmclock, with a page whose marker means that the VM was loaded.',
  guest: { page: PAGE },
};

/** What the 2021 thread calls too late by definition. */
export const vmclockMarkerInterruptOnly: Design = {
  ...vmclockMarker,
  name: 'vmclock-marker-interrupt-only',
  statement:
    'The page is written as the vCPUs run, and its readers trust the interrupt that follows.',
  breaks: [
    ...realtimeIsOff('the page is of the old host until the interrupt, or half of it'),
    STALE,
    NO_SIGN,
    NTP_UNTOLD,
    NO_LENGTH,
  ],
  ...goingOn((vcpus) => [...runVcpus(vcpus), ...REPLACED, { kind: 'raise-irq', vcpu: 0 }]),
  guest: {
    page: { ...PAGE, guards: 'nothing' },
    handler: { does: 'acknowledge', when: 'interrupt', clearsNtp: false, setsClock: false },
  },
};

export const VMCLOCK_MARKERS: readonly Design[] = [
  vmclockMarker,
  vmclockMarkerSystemClock,
  vmclockMarkerStatusUnknown,
  vmclockMarkerNotOnStop,
  vmclockMarkerInterruptOnly,
];
