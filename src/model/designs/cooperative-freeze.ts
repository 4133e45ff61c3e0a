import type { Broken } from '../../contract/catalogue.js';
import { DAEMONS } from '../../contract/consumer.js';
import type { Design } from './design.js';
import type { HostStep } from './host-step.js';
import { MOVED, ON_TSC } from './scenes.js';
import { GET_CLOCK, KVMCLOCK_CTRL, pauseVcpus, runVcpus, SET_CLOCK } from './steps.js';

const FREEZE: HostStep = { kind: 'notify-guest', of: 'freeze' };
const THAW: HostStep = { kind: 'notify-guest', of: 'thaw' };

/** 5 us of 2 GHz. */
const AHEAD_CYCLES = 10_000n;

/** D6, the third option of the 2021 thread: the guest suspends its timekeeping before it is stopped. */
export const cooperativeFreeze: Design = {
  name: 'cooperative-freeze',
  statement:
    'The guest is told of the stop, freezes and acknowledges; on resume it is told for how long.',
  source: {
    title: 'T. Gleixner, 1 Oct 2021: "a lightweight freeze similar to S2IDLE"',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
  isOfAnyMachine: true,
  migrates: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [],
  scene: { ...MOVED, callsOff: true },
  isInterruptible: true,
  callOff: [{ kind: 'notify-guest', of: 'abort' }],
  pause: (vcpus) => [FREEZE, { kind: 'await-ack' }, ...pauseVcpus(vcpus)],
  // The first vCPU resumes the timekeeping, and brings the others back.
  resume: (vcpus) => [...runVcpus(vcpus.slice(0, 1)), THAW, ...runVcpus(vcpus.slice(1))],
};

const NOT_TOLD: Broken = {
  law: 'stop-is-told-with-its-length',
  because: 'a guest that is not frozen is not told on resume either',
};

/** The base is qemu-stop-cont-tsc: kvmclock stops, the TSC runs on, and watchdogs are told. */
const timeoutIgnored: Design = {
  ...common(),
  name: 'cooperative-freeze-timeout-ignored',
  statement: 'A task of the guest does not freeze, and the host stops it all the same.',
  migrates: false,
  breaks: [
    {
      law: 'monotonic-skips-stopped-time',
      because: 'the TSC runs on under a guest that has not suspended its timekeeping',
    },
    {
      law: 'boottime-counts-stopped-time',
      because: 'nothing is injected: BOOTTIME moves with MONOTONIC',
    },
    {
      law: 'stale-time-is-never-used',
      because: 'no freeze was acknowledged, so there is no sign of it',
    },
    {
      law: 'watchdogs-stay-quiet',
      because: 'a lease of user space on MONOTONIC runs out, and no flag forgives that',
    },
    NOT_TOLD,
    {
      law: 'freeze-comes-before-stop',
      because: 'the host stops a guest that has not acknowledged, and does not say so',
    },
  ],
  vacuous: [
    {
      law: 'ntp-is-told',
      because: 'the TSC runs on over a stop on one host: no synchronisation is lost',
    },
  ],
  scene: ON_TSC,
  guest: { freeze: { freezes: false, length: 'told', clearsNtp: true } },
  pause: (vcpus) => [
    FREEZE,
    { kind: 'await-ack', orElse: 'go-on' },
    ...pauseVcpus(vcpus),
    GET_CLOCK,
  ],
  resume: (vcpus) => [SET_CLOCK, KVMCLOCK_CTRL, ...runVcpus(vcpus), THAW],
};

/** timekeeping_resume() of 6.12 asks a nonstop counter first, and believes it if it moved at all. */
const counterFirst: Design = {
  ...common(),
  name: 'cooperative-freeze-counter-first',
  statement:
    'The guest asks its counter how long it was frozen, and the host has put that to just past where it froze.',
  breaks: [
    {
      law: 'boottime-counts-stopped-time',
      because: 'the guest injects the microseconds that its counter is ahead, not the stop',
    },
    {
      law: 'realtime-is-right-at-first-read',
      because: 'REALTIME is behind by the stop, as nothing else was injected',
    },
    {
      law: 'realtime-is-right-after-stop',
      because: 'REALTIME stays behind by the stop, as nothing else was injected',
    },
    {
      law: 'stop-is-told-with-its-length',
      because: 'what the guest reads from its counter is microseconds',
    },
  ],
  scene: {
    ...MOVED,
    clocksource: {
      name: 'arch_sys_counter',
      freq: 2_000_000_000n,
      scale: 1n,
      widthBits: 64,
      nonstop: true,
    },
    kvmclock: null,
  },
  guest: { freeze: { freezes: true, length: 'guest', clearsNtp: false } },
  pause: (vcpus) => [...cooperativeFreeze.pause(vcpus), { kind: 'get-cntvct' }],
  resume: (vcpus) => [
    { kind: 'set-cntvct', realtime: false, aheadCycles: AHEAD_CYCLES },
    ...cooperativeFreeze.resume(vcpus),
  ],
};

const ntpKept: Design = {
  ...common(),
  name: 'cooperative-freeze-ntp-kept',
  statement: "The guest resumes by its persistent clock, and keeps NTP's state as it was.",
  breaks: [
    {
      law: 'ntp-is-told',
      because:
        'timekeeping_resume() leaves STA_UNSYNC clear, and the daemon listens to nothing else',
    },
  ],
  scene: { ...MOVED, daemon: DAEMONS.ntpd },
  guest: { freeze: { freezes: true, length: 'guest', clearsNtp: false } },
};

export const COOPERATIVE_FREEZES: readonly Design[] = [
  cooperativeFreeze,
  timeoutIgnored,
  counterFirst,
  ntpKept,
];

/** What the variants, which are of one machine each, have of it. */
function common(): Omit<Design, 'name' | 'statement' | 'breaks' | 'isOfAnyMachine' | 'scene'> {
  const { isOfAnyMachine: _, scene: __, ...rest } = cooperativeFreeze;
  return rest;
}
