import type { Design, SharedPage } from './design.js';
import type { HostStep } from './host-step.js';
import { goesBack, NO_LENGTH, NO_SIGN, NTP_UNTOLD, realtimeIsOff, STALE } from './reasons.js';
import { goingOn, pauseVcpus, runVcpus } from './steps.js';
import { NO_GUEST_CLOCK, PAGE_SCENE } from './vmclock-marker.js';

/** Of the host's timekeeper, as it maps it into its guests: each host's has a sequence of its own. */
const PAGE: SharedPage = {
  of: 'timekeeper',
  guards: 'sequence',
  sequenceContinues: false,
  countTravels: true,
  saysTime: true,
};

const WRITE: HostStep = { kind: 'write-page' };
const COUNT: HostStep = { kind: 'bump-marker' };

const TORN =
  'a read that the move falls into takes the page of one host and the counter of another';
const TORN_READS = [goesBack(TORN), ...realtimeIsOff(TORN), STALE, NO_LENGTH];
const [, ...NO_OTHER_CLOCK] = NO_GUEST_CLOCK;

/** Seed 001: sequences of two hosts may be equal. */
export const seqcountOnly: Design = {
  name: 'seqcount-only',
  statement:
    'The guest reads the page of its host under its sequence, which begins anew on each host.',
  source: {
    title: 'A. Lutomirski, T. Gleixner, 2021: a sequence count does not see a migration',
    url: 'https://lore.kernel.org/kvm/?q=%22Report+host+tsc+and+realtime+values+in+KVM_GET_CLOCK%22',
  },
  migrates: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [...TORN_READS, NO_SIGN, NTP_UNTOLD],
  vacuous: NO_OTHER_CLOCK,
  scene: PAGE_SCENE,
  pause: pauseVcpus,
  ...goingOn((vcpus) => [WRITE, ...runVcpus(vcpus)]),
  guest: { page: PAGE },
};

/** A count of migrations around the sequence, which the guest takes with it. */
export const migrationCounter: Design = {
  ...seqcountOnly,
  name: 'migration-counter',
  statement: 'As seqcount-only, and a count of migrations that travels is compared around it.',
  breaks: [NO_LENGTH],
  ...goingOn((vcpus) => [COUNT, WRITE, ...runVcpus(vcpus)]),
  guest: { page: { ...PAGE, guards: 'sequence-and-count' } },
};

/** Each host counts for itself. */
export const migrationCounterPerHost: Design = {
  ...seqcountOnly,
  name: 'migration-counter-per-host',
  statement: 'As migration-counter, but each host has a count of its own, and two may be equal.',
  guest: { page: { ...PAGE, guards: 'sequence-and-count', countTravels: false } },
};

/** Both looks at the count come after the first at the sequence. */
export const migrationCounterReadInside: Design = {
  ...migrationCounter,
  name: 'migration-counter-read-inside',
  statement: 'As migration-counter, but the count is compared between the looks at the sequence.',
  breaks: TORN_READS,
  guest: { page: { ...PAGE, guards: 'count-inside' } },
};

export const MIGRATION_COUNTERS: readonly Design[] = [
  seqcountOnly,
  migrationCounter,
  migrationCounterPerHost,
  migrationCounterReadInside,
];
