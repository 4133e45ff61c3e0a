import type { Broken } from '../../contract/catalogue.js';
import type { Design, Handler, SharedPage } from './design.js';
import { BETWEEN_STEPS, pauseVcpus, raiseIrqs, runVcpus } from './steps.js';

const SOURCE = {
  title: 'M. Zyngier, 4 Dec 2021: drift in a shared page, and an interrupt',
  url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
};

const PAGE: SharedPage = {
  of: 'stopped-time',
  guards: 'nothing',
  sequenceContinues: false,
  countTravels: false,
  saysTime: false,
};

/** The generic timer of a VM on Arm: its virtual counter is the only clock, and there is no kvmclock. */
const ON_ARM: NonNullable<Design['scene']> = {
  clocksource: {
    name: 'arch_sys_counter',
    freq: 2_000_000_000n,
    scale: 1n,
    widthBits: 64,
    nonstop: false,
  },
  kvmclock: null,
};

const NOBODY_TOLD: Broken = {
  law: 'stale-time-is-never-used',
  because: "the page is the kernel's, and user space is given no sign",
};
const LEASE: Broken = {
  law: 'watchdogs-stay-quiet',
  because: 'the counter jumps by the stop before the guest hears of it, past all thresholds',
};
const JUMP: Broken = {
  law: 'monotonic-skips-stopped-time',
  because: 'the counter runs on, and reads before the handler show it',
};
const NOTHING_LOST: readonly Broken[] = [
  {
    law: 'ntp-is-told',
    because: 'the counter runs on over a stop on one host: no synchronisation is lost',
  },
];

/** D5: the counter runs on as the architecture has it, and the host tells for how long it was away. */
export const sharedDriftPage: Design = {
  name: 'shared-drift-page',
  statement:
    'Counters run on; a page says how long the stop was, and an interrupt that it changed.',
  source: SOURCE,
  migrates: false,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [
    JUMP,
    {
      law: 'boottime-counts-stopped-time',
      because: 'the guest leaves its clocks as they are: BOOTTIME moves with MONOTONIC',
    },
    NOBODY_TOLD,
    LEASE,
  ],
  vacuous: NOTHING_LOST,
  scene: ON_ARM,
  guest: { handler: handlerThat('note-stop'), page: PAGE },
  pause: pauseVcpus,
  resume: (vcpus) => [{ kind: 'write-page' }, ...raiseIrqs(vcpus), ...runVcpus(vcpus)],
};

const guestSubtracts: Design = {
  ...sharedDriftPage,
  name: 'shared-drift-page-guest-subtracts',
  statement: 'The same; the handler takes the stop out of MONOTONIC.',
  breaks: [
    {
      law: 'monotonic-never-decreases',
      because: 'what was read before the handler counts the stop, what is read after it does not',
    },
    JUMP,
    {
      law: 'monotonic-keeps-moving',
      because: 'the handler takes back more than a guest has run for since it read the clock last',
    },
    {
      law: 'no-stale-read-after-resume',
      because: 'until the handler MONOTONIC counts a stop that it will not have counted',
    },
    NOBODY_TOLD,
    {
      law: 'timer-never-fires-early',
      because: 'a timer that the jump made due reads MONOTONIC below its expiry after the handler',
    },
    LEASE,
  ],
  guest: { handler: handlerThat('subtract-drift'), page: PAGE },
};

const counterStopped: Design = {
  ...sharedDriftPage,
  name: 'shared-drift-page-counter-stopped',
  statement:
    'The VMM takes the stop out of the counter; one vCPU is interrupted, and injects it into BOOTTIME.',
  stopErrorNs: BETWEEN_STEPS,
  breaks: [
    {
      law: 'realtime-is-right-at-first-read',
      because: 'REALTIME is behind by the stop until the handler has injected it',
    },
    {
      law: 'no-stale-read-after-resume',
      because: 'another vCPU reads before the one that is interrupted has injected',
    },
    {
      law: 'stale-time-is-never-used',
      because: 'user space on another vCPU goes on before there is any sign',
    },
    {
      law: 'ntp-is-told',
      because: 'a time daemon on another vCPU polls before the handler has run',
    },
  ],
  vacuous: [],
  guest: {
    handler: { does: 'inject-sleep', when: 'interrupt', clearsNtp: true, setsClock: true },
    page: PAGE,
  },
  pause: (vcpus) => [...pauseVcpus(vcpus), { kind: 'get-cntvct' }],
  resume: (vcpus) => [
    { kind: 'set-cntvct', realtime: false },
    { kind: 'write-page' },
    ...raiseIrqs(vcpus.slice(0, 1)),
    // Nothing says which vCPU enters first.
    ...runVcpus(vcpus.toReversed()),
  ],
};

export const SHARED_DRIFT_PAGES: readonly Design[] = [
  sharedDriftPage,
  guestSubtracts,
  counterStopped,
];

function handlerThat(does: Handler['does']): Handler {
  return { does, when: 'interrupt', clearsNtp: false, setsClock: false };
}
