import type { Broken } from '../../contract/catalogue.js';

/** MONOTONIC counts the stop. */
export function jumps(because: string): Broken {
  return { law: 'monotonic-skips-stopped-time', because };
}

export function goesBack(because: string): Broken {
  return { law: 'monotonic-never-decreases', because };
}

/** A callback that the stop fell into reads less than the expiry that was reached before. */
export function earlyInCallback(because: string): Broken {
  return { law: 'timer-never-fires-early', because };
}

export const BOOTTIME_FOLLOWS: Broken = {
  law: 'boottime-counts-stopped-time',
  because: 'BOOTTIME moves with MONOTONIC: their difference does not show the stop',
};

/** REALTIME is wrong at the first read, and stays so. */
export function realtimeIsOff(because: string): readonly Broken[] {
  return [realtimeIsOffAtFirst(because), { law: 'realtime-is-right-after-stop', because }];
}

export function realtimeIsOffAtFirst(because: string): Broken {
  return { law: 'realtime-is-right-at-first-read', because };
}

/** Where clocks go on from where they stood. */
export const REALTIME_BEHIND: readonly Broken[] = realtimeIsOff(
  'REALTIME goes on from where it stood, and nobody sets it',
);

/** Whoever holds a time stamp cannot know that it is stale. */
export const NO_SIGN: Broken = {
  law: 'stale-time-is-never-used',
  because: 'nothing that a program can listen to changes',
};

export const NTP_UNTOLD: Broken = {
  law: 'ntp-is-told',
  because: 'STA_UNSYNC stays clear, and nobody who waits for the clock to be set is woken',
};

export const NO_LENGTH: Broken = {
  law: 'stop-is-told-with-its-length',
  because: 'no page and no message says for how long the guest was stopped',
};

/** What every design without a word to the guest breaks. */
export const NOBODY_TOLD: readonly Broken[] = [NO_SIGN, NO_LENGTH];

export const LEASE: Broken = {
  law: 'watchdogs-stay-quiet',
  because: 'a lease of user space goes by MONOTONIC, which jumps, and listens to nothing',
};

export const STALE: Broken = {
  law: 'no-stale-read-after-resume',
  because: 'what is read before the end of the handling turns out to be wrong',
};

/** In `vacuous`: there is nothing to tell. */
export const NOTHING_LOST: Broken = {
  law: 'ntp-is-told',
  because: 'REALTIME is right and the counter is the same: NTP has lost nothing',
};

/** Clocks that go forward by the stop, where counters do not. */
export function lateTimers(because: string): Broken {
  return { law: 'timer-fires-within-slack', because };
}

/** Reads of the vDSO fall between two system calls that another value lies between. */
export const PATHS_DISAGREE: Broken = {
  law: 'vdso-agrees-with-syscall',
  because: 'a clock that goes back does so between a system call and a read of the vDSO, too',
};

/** MONOTONIC and RAW have each a rate, against counters that went somewhere else. */
export const RATE_IS_OFF: Broken = {
  law: 'rate-stays-within-adjtimex',
  because: 'MONOTONIC and RAW of before and after are not of one counter',
};

export const RAW_IS_OFF: Broken = {
  law: 'raw-ignores-adjtimex',
  because: 'RAW does not follow the counter across the last update',
};
