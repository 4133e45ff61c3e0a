import { type Cycles, NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { TkCore } from './tk-core.js';
import { cyclesToNs, ktime } from './tk-read-base.js';

/** MONOTONIC, in ns. As ktime_get(). */
export function monotonicAt(core: TkCore, counter: Cycles): Ns {
  return ktime(core.tkrMono.base + cyclesToNs(core.rules, core.tkrMono, counter));
}

/** MONOTONIC_RAW, in ns. As ktime_get_raw(). */
export function rawAt(core: TkCore, counter: Cycles): Ns {
  return ktime(core.tkrRaw.base + cyclesToNs(core.rules, core.tkrRaw, counter));
}

/** A clock that is MONOTONIC and an offset, in ns. As ktime_get_with_offset(). */
export function withOffset(core: TkCore, offset: Ns, counter: Cycles): Ns {
  return ktime(core.tkrMono.base + offset + cyclesToNs(core.rules, core.tkrMono, counter));
}

export function realtimeAt(core: TkCore, counter: Cycles): Ns {
  return withOffset(core, core.offsReal, counter);
}

/** What hrtimers remember of the timekeeper between two interrupts. */
export interface HrtimerOffsets {
  clockWasSetSeq: bigint;
  offsReal: Ns;
  offsBoot: Ns;
  offsTai: Ns;
}

/**
 * MONOTONIC for a timer interrupt, and fresh offsets in `cached`. As
 * ktime_get_update_offsets_now().
 *
 * REALTIME's offset foresees a leap second that the tick has not carried out yet, so that no
 * timer fires a second early.
 */
export function updateOffsetsNow(core: TkCore, cached: HrtimerOffsets, counter: Cycles): Ns {
  const now = monotonicAt(core, counter);
  if (cached.clockWasSetSeq !== core.clockWasSetSeq) {
    cached.clockWasSetSeq = core.clockWasSetSeq;
    cached.offsReal = core.offsReal;
    cached.offsBoot = core.offsBoot;
    cached.offsTai = core.offsTai;
  }
  if (now >= core.nextLeapKtime) cached.offsReal = core.offsReal - NSEC_PER_SEC;
  return now;
}
