import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  NOBODY_TOLD,
  NOTHING_LOST,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  RATE_IS_OFF,
  RAW_IS_OFF,
  realtimeIsOff,
} from './reasons.js';
import { AHEAD, movedTo, ON_TSC } from './scenes.js';
import { moveTo, pauseVcpus, runVcpus } from './steps.js';

/** The naive stop: only the vCPUs stop. Every clock jumps by the stopped time, and nobody is told. */
export const countersRunOn: Design = {
  name: 'counters-run-on',
  statement: 'A stop holds the vCPUs only; their counters run on, and no clock is touched.',
  source: {
    title: 'T. Gleixner, 1 Oct 2021: "MONOTONIC jumps too far forward"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  isOfAnyMachine: true,
  migrates: false,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [
    jumps('the counter behind MONOTONIC counts the stop, so MONOTONIC does'),
    BOOTTIME_FOLLOWS,
    ...NOBODY_TOLD,
    LEASE,
  ],
  vacuous: [NOTHING_LOST],
  pause: pauseVcpus,
  resume: runVcpus,
};

const { isOfAnyMachine: _, vacuous: __, ...naive } = countersRunOn;

/** The VM leaves its host once, and goes on nowhere else: each row is of one direction. */
const moved: Design = {
  ...naive,
  migrates: true,
  resume: () => [],
  migrate: (vcpus, to) => [moveTo(to), ...runVcpus(vcpus)],
};

/** The same of a migration: what the counter shows on the new host is anything. */
export const countersRunOnMoved: Design = {
  ...moved,
  name: 'counters-run-on-moved',
  statement: 'The VM is moved without its counters, to a host whose counter is behind.',
  breaks: [
    {
      law: 'monotonic-keeps-moving',
      because: 'a counter behind the last update shows the last update, until it has caught up',
    },
    goesBack('what was read since the last update is more than the last update'),
    earlyInCallback('MONOTONIC goes back to the last update under a callback that was stopped'),
    RATE_IS_OFF,
    RAW_IS_OFF,
    PATHS_DISAGREE,
    BOOTTIME_FOLLOWS,
    ...realtimeIsOff('REALTIME stands still with MONOTONIC'),
    ...NOBODY_TOLD,
    NTP_UNTOLD,
  ],
  scene: { ...ON_TSC, ...movedTo(-AHEAD), stopsAtMost: 1 },
};

export const countersRunOnMovedAhead: Design = {
  ...moved,
  name: 'counters-run-on-moved-ahead',
  statement: 'The VM is moved without its counters, to a host whose counter is ahead.',
  breaks: [
    jumps('the counter of the new host is ahead, and so is MONOTONIC'),
    BOOTTIME_FOLLOWS,
    ...realtimeIsOff('REALTIME goes with the counter, which is ahead'),
    ...NOBODY_TOLD,
    LEASE,
    NTP_UNTOLD,
  ],
  scene: { ...ON_TSC, ...movedTo(AHEAD), stopsAtMost: 1 },
};
