import { type Broken, PLAIN_SCENE } from '../../contract/catalogue.js';
import type { Host } from '../../contract/machine.js';
import { countersRunOn, countersRunOnMoved } from './counters-run-on.js';
import type { Design, Horizon } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  NO_LENGTH,
  NOBODY_TOLD,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  RATE_IS_OFF,
  REALTIME_BEHIND,
  realtimeIsOff,
} from './reasons.js';
import { AHEAD, movedTo, ON_TSC } from './scenes.js';

const { isOfAnyMachine: _, ...naive } = countersRunOn;

/** Ten seconds of kvm-clock. */
const HORIZON: Horizon = {
  maxDelta: 10_000_000_000n,
  onBeyond: 'wait-for-the-writer',
  rebases: false,
};

/** The 2021 thread: data that says until when it is good. It detects, and does not decide what the time is. */
export const boundedHorizon: Design = {
  ...naive,
  name: 'bounded-horizon',
  statement: 'As counters-run-on, and readers too far past the last update wait for the next one.',
  source: {
    title:
      'T. Gleixner, 2021: "delta >= max_delta: retry", which "won\'t solve the VM migration problem on its own"',
    url: 'https://lore.kernel.org/kvm/?q=%22Report+host+tsc+and+realtime+values+in+KVM_GET_CLOCK%22',
  },
  guest: { horizon: HORIZON },
};

/** The counter of the new host is behind the last update: the writer goes on from there. */
export const boundedHorizonBehind: Design = {
  ...countersRunOnMoved,
  name: 'bounded-horizon-behind',
  statement:
    'As bounded-horizon, moved to a host whose counter is behind: the writer begins anew there.',
  source: boundedHorizon.source,
  breaks: [
    goesBack('what was read since the last update is more than the last update'),
    earlyInCallback('MONOTONIC goes back to the last update under a callback that was stopped'),
    {
      law: 'monotonic-keeps-moving',
      because: 'who does not wait for the horizon, as a timer, finds the last update until then',
    },
    BOOTTIME_FOLLOWS,
    ...REALTIME_BEHIND,
    ...NOBODY_TOLD,
    NTP_UNTOLD,
  ],
  scene: { ...ON_TSC, ...movedTo(-AHEAD), stopsAtMost: 1 },
  guest: { horizon: { ...HORIZON, maxDelta: 2n * HORIZON.maxDelta, rebases: true } },
};

const [HOST] = PLAIN_SCENE.hosts as readonly [Host];
const CYCLES_PER_SEC = 2_000_000_000n;
/** After a stop of a minute each, the second host's counter is 5 s ahead, and the third's 5 s behind that. */
const NEAR: readonly Host[] = [0n, -55n, -120n].map((sec) => ({
  ...HOST,
  counterBoot: HOST.counterBoot + sec * CYCLES_PER_SEC,
}));

export const boundedHorizonInside: Design = {
  ...countersRunOnMoved,
  name: 'bounded-horizon-inside',
  statement: 'As bounded-horizon, moved between hosts whose counters are within the horizon.',
  source: boundedHorizon.source,
  breaks: [
    goesBack('the counter of the new host is less, and within the horizon'),
    {
      law: 'monotonic-keeps-moving',
      because: 'the counter of the new host is behind the last update, and MONOTONIC stands still',
    },
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    jumps('the counter of the new host is more, and within the horizon'),
    BOOTTIME_FOLLOWS,
    ...realtimeIsOff('REALTIME goes with the counter of the new host'),
    ...NOBODY_TOLD,
    LEASE,
    NTP_UNTOLD,
    RATE_IS_OFF,
    PATHS_DISAGREE,
  ],
  scene: { ...ON_TSC, stop: 'migrate', hosts: NEAR },
  guest: { horizon: { ...HORIZON, maxDelta: 2_000n * CYCLES_PER_SEC } },
};

const NO_READ: readonly Broken[] = [
  'monotonic-never-decreases',
  'monotonic-keeps-moving',
  'monotonic-skips-stopped-time',
  'boottime-counts-stopped-time',
  'realtime-is-right-at-first-read',
  'realtime-is-right-after-stop',
  'no-stale-read-after-resume',
  'stale-time-is-never-used',
  'timer-never-fires-early',
  'timer-fires-once',
  'timer-is-never-lost',
  'timer-fires-within-slack',
  'watchdogs-stay-quiet',
  'ntp-is-told',
].map((law) => ({ law, because: 'no read completes: see the law reader-finishes' }));

/** The update that a reader waits for is one that its own vCPU would have to make. */
export const boundedHorizonIrqOff: Design = {
  ...boundedHorizon,
  name: 'bounded-horizon-irq-off',
  statement:
    'As bounded-horizon, with interrupts off: the tick that a reader waits for never comes.',
  breaks: [NO_LENGTH],
  vacuous: NO_READ,
  scene: { hasTimers: false, hasTasks: false, hasWatchdogs: false },
  guest: { horizon: { ...HORIZON, maxDelta: 0n, onBeyond: 'wait-with-interrupts-off' } },
};

export const BOUNDED_HORIZONS: readonly Design[] = [
  boundedHorizon,
  boundedHorizonBehind,
  boundedHorizonInside,
  boundedHorizonIrqOff,
];
