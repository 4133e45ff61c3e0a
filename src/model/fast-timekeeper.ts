import type { Cycles, Ns } from '../contract/units.js';
import type { SteppedClock } from './shared-words.js';
import type { TkCore } from './tk-core.js';
import { cyclesToNs, ktime } from './tk-read-base.js';

/**
 * The readers that may interrupt an update, ktime_get_mono_fast_ns() and its kin. Outside an
 * update both copies of their latch equal the published read base, so this reads that one.
 *
 * While suspended they show the moment of suspend, until the next update.
 */
export function monotonicFast(core: TkCore, counter: Cycles): Ns {
  return ktime(
    core.tkrMono.base + cyclesToNs(core.rules, core.tkrMono, fastCounter(core, counter)),
  );
}

export function rawFast(core: TkCore, counter: Cycles): Ns {
  return ktime(core.tkrRaw.base + cyclesToNs(core.rules, core.tkrRaw, fastCounter(core, counter)));
}

/** The offset is of whatever update came last, the rest of one publication. */
export function boottimeFast(core: TkCore, counter: Cycles): Ns {
  return ktime(monotonicFast(core, counter) + core.offsBoot);
}

export function taiFast(core: TkCore, counter: Cycles): Ns {
  return ktime(monotonicFast(core, counter) + core.offsTai);
}

export function realtimeFast(core: TkCore, counter: Cycles): Ns {
  const ns = cyclesToNs(core.rules, core.tkrMono, fastCounter(core, counter));
  return ktime(core.tkrMono.baseReal + ns);
}

/** By clock; the coarse ones have no such reader. */
export function readFast(core: TkCore, clock: SteppedClock, counter: Cycles): Ns {
  switch (clock) {
    case 'CLOCK_MONOTONIC':
      return monotonicFast(core, counter);
    case 'CLOCK_MONOTONIC_RAW':
      return rawFast(core, counter);
    case 'CLOCK_BOOTTIME':
      return boottimeFast(core, counter);
    case 'CLOCK_TAI':
      return taiFast(core, counter);
    case 'CLOCK_REALTIME':
      return realtimeFast(core, counter);
  }
}

/** The counter as these readers find it: where it stood at suspend, or what it shows. */
export function fastCounter(core: TkCore, counter: Cycles): Cycles {
  return core.fastHalted ? core.cyclesAtSuspend : counter;
}
