import type { Broken } from '../../contract/catalogue.js';
import type { Design, Handler } from './design.js';
import { MOVED, ON_TSC } from './scenes.js';
import {
  BETWEEN_STEPS,
  GET_CLOCK,
  getTscs,
  KVMCLOCK_CTRL,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
  setTscs,
} from './steps.js';

const SOURCE = {
  title: 'M. Tosatti, 2021: an NMI before the first instruction, that fixes the clocks',
  url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
};

/** What is done in the other vCPUs' user space meanwhile comes too soon, whatever the handler does. */
const TOO_LATE: readonly Broken[] = [
  {
    law: 'no-stale-read-after-resume',
    because: 'another vCPU, or one with interrupts off, reads before the clocks are fixed',
  },
  {
    law: 'stale-time-is-never-used',
    because: 'user space on another vCPU goes on before there is any sign',
  },
  {
    law: 'ntp-is-told',
    because: 'a time daemon on another vCPU polls before the clocks are fixed',
  },
  {
    law: 'stop-is-told-with-its-length',
    because: 'the guest is told that something happened, and looks at the time for itself',
  },
];
const FIRST_READ: Broken = {
  law: 'realtime-is-right-at-first-read',
  because: 'REALTIME is behind by the stop until the handler has run',
};
const NO_BOOTTIME: Broken = {
  law: 'boottime-counts-stopped-time',
  because: 'BOOTTIME is left where MONOTONIC is: their difference does not show the stop',
};

/** Who finds the lock of the timekeeper taken waits for ever: the row asks for no more than reads. */
const NOTHING_ELSE_RUNS: readonly Broken[] = [
  'timer-never-fires-early',
  'timer-fires-once',
  'timer-is-never-lost',
  'timer-fires-within-slack',
  'watchdogs-stay-quiet',
].map((law) => ({
  law,
  because: 'a guest whose timekeeper is written to without its lock is good for reads alone',
}));

/** D7: a VM whose counters were stopped is given an NMI, which asks for an interrupt that sets REALTIME. */
export const nmiFixUpRealtime: Design = {
  name: 'nmi-fix-up-realtime',
  statement: 'Counters stop; an NMI at one vCPU queues work that steps REALTIME.',
  source: SOURCE,
  migrates: true,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [FIRST_READ, NO_BOOTTIME, ...TOO_LATE],
  scene: { ...MOVED, ...ON_TSC },
  guest: { handler: handlerThat('step-realtime', 'interrupt') },
  pause: (vcpus) => [...pauseVcpus(vcpus), ...getTscs(vcpus), GET_CLOCK],
  resume: (vcpus) => [
    SET_CLOCK,
    ...setTscs(vcpus),
    KVMCLOCK_CTRL,
    ...vcpus.slice(0, 1).map((vcpu) => ({ kind: 'raise-nmi', vcpu }) as const),
    // Nothing says which vCPU enters first.
    ...runVcpus(vcpus.toReversed()),
  ],
};

const monotonic: Design = {
  ...nmiFixUpRealtime,
  name: 'nmi-fix-up-monotonic',
  statement: 'The same; the work moves MONOTONIC and all that hangs on it forward.',
  breaks: [
    FIRST_READ,
    NO_BOOTTIME,
    ...TOO_LATE,
    {
      law: 'monotonic-skips-stopped-time',
      because: 'MONOTONIC is moved by the stop that it had left out',
    },
    {
      law: 'watchdogs-stay-quiet',
      because: 'MONOTONIC jumps by the stop, past all thresholds',
    },
    {
      law: 'timer-fires-within-slack',
      because: 'the device still counts down to what was due before MONOTONIC moved',
    },
  ],
  guest: { handler: handlerThat('forward-monotonic', 'interrupt') },
};

const inNmi: Design = {
  ...nmiFixUpRealtime,
  name: 'nmi-fix-up-in-nmi',
  statement: 'The NMI itself writes to the timekeeper, which is forbidden.',
  breaks: [
    {
      law: 'monotonic-never-decreases',
      because: 'the next tick begins with its own copy of the timekeeper, which was not moved',
    },
    {
      law: 'monotonic-keeps-moving',
      because: 'the next tick takes back more than the guest has run for since',
    },
    {
      law: 'monotonic-skips-stopped-time',
      because: 'MONOTONIC is moved by the stop that it had left out',
    },
    NO_BOOTTIME,
    {
      law: 'realtime-is-right-at-first-read',
      because: 'another vCPU reads before the NMI has come',
    },
    {
      law: 'realtime-is-right-after-stop',
      because: 'the next tick takes back what the NMI wrote',
    },
    ...TOO_LATE,
  ],
  vacuous: NOTHING_ELSE_RUNS,
  scene: {
    ...nmiFixUpRealtime.scene,
    hasTimers: false,
    hasWatchdogs: false,
    // Longer than from one tick to the next, which takes back what the NMI wrote.
    mostGapNs: 10_000_000n,
  },
  guest: { handler: handlerThat('forward-monotonic', 'nmi') },
};

export const NMI_FIX_UPS: readonly Design[] = [nmiFixUpRealtime, monotonic, inNmi];

function handlerThat(does: Handler['does'], when: Handler['when']): Handler {
  return { does, when, clearsNtp: false, setsClock: false };
}
