import type { Ns } from './units.js';

/**
 * What tells a guest of a stop beside the value of a clock: laws.md, "Sign, told".
 *
 * - `unsync`: STA_UNSYNC is set.
 * - `cancel-on-set`: who waits for a timer with TFD_TIMER_CANCEL_ON_SET was woken.
 * - `marker`: a disruption marker, a generation or a count of migrations on a page that user space sees.
 * - `freeze`: the guest acknowledged a freeze, which every task lives through.
 */
export const SIGNS = ['unsync', 'cancel-on-set', 'marker', 'freeze'] as const;
export type Sign = (typeof SIGNS)[number];

/** Each sign as a number that changes when it is given: a flag is 0 or 1, the others count. */
export type Signs = Readonly<Record<Sign, bigint>>;

/** A time daemon as it matters here: what it listens to, and when it dares to step the clock. */
export interface DaemonSpec {
  readonly listensTo: readonly Sign[];
  /** An offset above it is stepped, where stepping is allowed at all; below it is slewed, ns. */
  readonly stepLimitNs: Ns;
  /** So many polls after its start may step though nothing was told. */
  readonly stepPolls: number;
  /** It gives up at an offset above this, ns; null: never. */
  readonly panicNs: Ns | null;
  /** What its source may be off, ns. */
  readonly sourceErrorNs: Ns;
}

/** A program that takes a time stamp and uses it later: T0 and T1 of the 2021 thread. */
export interface ApplicationSpec {
  readonly listensTo: readonly Sign[];
  /** A time stamp may be used though the VM was away for so long since, ns. */
  readonly staleLimitNs: Ns;
}

/** The watchdogs of a guest, by the name that reports give them. */
export const WATCHDOG_NAMES = ['softlockup', 'rcu-stall', 'hung-task', 'lease'] as const;
export type WatchdogName = (typeof WATCHDOG_NAMES)[number];

/** What a watchdog goes by: its clock, how long it waits, and whether PVCLOCK_GUEST_STOPPED calms it. */
export interface Watchdog {
  /** The scheduler's clock is kvmclock wherever the guest has a page, also where its clocksource is the TSC. */
  readonly clock: 'scheduler' | 'jiffies' | 'CLOCK_MONOTONIC';
  /** It fires when more than this passed since it was touched, ns. */
  readonly thresholdNs: Ns;
  readonly listensToGuestStopped: boolean;
}

/** The defaults of Linux 6.12, and a lease that user space holds: laws.md, "Watchdog". */
export const WATCHDOGS: Readonly<Record<WatchdogName, Watchdog>> = {
  softlockup: { clock: 'scheduler', thresholdNs: 20_000_000_000n, listensToGuestStopped: true },
  'rcu-stall': { clock: 'jiffies', thresholdNs: 21_000_000_000n, listensToGuestStopped: true },
  'hung-task': { clock: 'jiffies', thresholdNs: 120_000_000_000n, listensToGuestStopped: true },
  lease: {
    clock: 'CLOCK_MONOTONIC',
    thresholdNs: 10_000_000_000n,
    listensToGuestStopped: false,
  },
};

/** Time daemons in the manner of well-known ones. */
export const DAEMONS = {
  chrony: {
    listensTo: ['unsync', 'cancel-on-set', 'marker'],
    stepLimitNs: 1_000_000_000n,
    stepPolls: 3,
    panicNs: null,
    sourceErrorNs: 0n,
  },
  ntpd: {
    listensTo: ['unsync'],
    stepLimitNs: 128_000_000n,
    stepPolls: 0,
    panicNs: 1_000_000_000_000n,
    sourceErrorNs: 0n,
  },
  timesyncd: {
    listensTo: ['cancel-on-set'],
    stepLimitNs: 400_000_000n,
    stepPolls: 0,
    panicNs: null,
    sourceErrorNs: 0n,
  },
} as const satisfies Readonly<Record<string, DaemonSpec>>;
