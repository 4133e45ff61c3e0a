import type { ClockId } from '../contract/clock.js';
import { type Cycles, NSEC_PER_SEC, type Ns, type ShiftedNs } from '../contract/units.js';
import { s64, u64 } from '../math/u64.js';
import type { VdsoClockMode } from './clocksource.js';
import { KERNEL_RULES, type Rules } from './rules.js';
import type { TkState } from './tk-state.js';

/**
 * Seconds and the rest of one clock on the page: shifted ns of a fine clock, ns of a coarse one.
 */
export interface VdsoTimestamp {
  sec: bigint;
  nsec: ShiftedNs;
}

/** The fine clocks on the page. */
type FineClock = Exclude<ClockId, 'CLOCK_REALTIME_COARSE' | 'CLOCK_MONOTONIC_COARSE'>;

/** The page from which user space reads the clocks by itself: struct vdso_data, both halves. */
export class VdsoPage {
  /** Even: the page is whole. Modulo 2^32. */
  seq = 0;
  clockMode: VdsoClockMode = 'none';
  cycleLast: Cycles = 0n;
  maxCycles: Cycles = 0n;
  mask: Cycles = 0n;
  mult = 0n;
  shift = 0n;
  rawCycleLast: Cycles = 0n;
  rawMult = 0n;
  readonly basetime: Readonly<Record<ClockId, VdsoTimestamp>> = {
    CLOCK_REALTIME: { sec: 0n, nsec: 0n },
    CLOCK_TAI: { sec: 0n, nsec: 0n },
    CLOCK_MONOTONIC: { sec: 0n, nsec: 0n },
    CLOCK_MONOTONIC_RAW: { sec: 0n, nsec: 0n },
    CLOCK_BOOTTIME: { sec: 0n, nsec: 0n },
    CLOCK_REALTIME_COARSE: { sec: 0n, nsec: 0n },
    CLOCK_MONOTONIC_COARSE: { sec: 0n, nsec: 0n },
  };

  copyFrom(from: VdsoPage): void {
    const { basetime, ...words } = from;
    Object.assign(this, words);
    for (const clock of Object.keys(basetime) as ClockId[]) {
      Object.assign(this.basetime[clock], basetime[clock]);
    }
  }

  /**
   * Takes over what `tk` publishes. As update_vsyscall().
   *
   * Without a clock mode the fine clocks keep what they were: their readers never look at it.
   */
  update(tk: TkState, seq: number): void {
    const { basetime } = this;
    const { tkrMono, wallToMonotonic } = tk;
    this.seq = seq;
    this.clockMode = tkrMono.clock.vdsoClockMode;
    basetime.CLOCK_REALTIME.sec = tk.xtimeSec;
    basetime.CLOCK_REALTIME.nsec = tkrMono.xtimeNsec;
    const coarse = tk.xtimeCoarse();
    basetime.CLOCK_REALTIME_COARSE.sec = u64(coarse.sec);
    basetime.CLOCK_REALTIME_COARSE.nsec = coarse.nsec;
    setNormalized(
      basetime.CLOCK_MONOTONIC_COARSE,
      u64(coarse.sec + wallToMonotonic.sec),
      coarse.nsec + wallToMonotonic.nsec,
      NSEC_PER_SEC,
    );
    if (this.clockMode !== 'none') this.updateFine(tk);
  }

  private updateFine(tk: TkState): void {
    const { basetime } = this;
    const { tkrMono, tkrRaw, monotonicToBoot } = tk;
    const { shift } = tkrMono;
    const second = tkrMono.clock.nsecPerSecShifted;
    this.cycleLast = tkrMono.cycleLast;
    this.maxCycles = tkrMono.clock.maxCycles;
    this.mask = tkrMono.mask;
    this.mult = tkrMono.mult;
    this.shift = shift;
    this.rawCycleLast = tkrRaw.cycleLast;
    this.rawMult = tkrRaw.mult;
    const nsec = tkrMono.xtimeNsec + (tk.wallToMonotonic.nsec << shift);
    const monotonic = basetime.CLOCK_MONOTONIC;
    setNormalized(monotonic, u64(tk.xtimeSec + tk.wallToMonotonic.sec), nsec, second);
    setNormalized(
      basetime.CLOCK_BOOTTIME,
      u64(monotonic.sec + monotonicToBoot.sec),
      monotonic.nsec + (monotonicToBoot.nsec << shift),
      second,
    );
    basetime.CLOCK_MONOTONIC_RAW.sec = tk.rawSec;
    basetime.CLOCK_MONOTONIC_RAW.nsec = tkrRaw.xtimeNsec;
    basetime.CLOCK_TAI.sec = u64(tk.xtimeSec + tk.taiOffset);
    basetime.CLOCK_TAI.nsec = tkrMono.xtimeNsec;
  }
}

function setNormalized(to: VdsoTimestamp, sec: bigint, nsec: bigint, second: bigint): void {
  to.sec = sec;
  to.nsec = nsec;
  while (to.nsec >= second) {
    to.nsec -= second;
    to.sec = u64(to.sec + 1n);
  }
}

const S64_MAX = (1n << 63n) - 1n;

/**
 * A clock as user space reads it, or null where it has to fall back to the system call. As
 * __cvdso_clock_gettime().
 *
 * @param counter the TSC, what the pvclock page makes of it, or the architected timer
 */
export function readVdso(
  page: VdsoPage,
  clock: ClockId,
  counter: Cycles,
  rules: Rules = KERNEL_RULES,
): Ns | null {
  if (clock === 'CLOCK_REALTIME_COARSE' || clock === 'CLOCK_MONOTONIC_COARSE') {
    const { sec, nsec } = page.basetime[clock];
    return s64(sec) * NSEC_PER_SEC + nsec;
  }
  return readFine(page, clock, counter, rules);
}

function readFine(page: VdsoPage, clock: FineClock, counter: Cycles, rules: Rules): Ns | null {
  if (page.clockMode === 'none') return null;
  const raw = clock === 'CLOCK_MONOTONIC_RAW';
  const cycleLast = raw ? page.rawCycleLast : page.cycleLast;
  const mult = raw ? page.rawMult : page.mult;
  const { sec, nsec } = page.basetime[clock];
  const ns =
    page.clockMode === 'archtimer'
      ? calcNsGeneric(page, (counter - cycleLast) & page.mask, mult, nsec)
      : calcNs(page, u64((counter & S64_MAX) - cycleLast), mult, nsec, rules);
  return s64(sec) * NSEC_PER_SEC + ns;
}

/**
 * As the generic vdso_calc_ns(). A counter behind cycle_last is not told from a long gap: the clock
 * jumps ahead by almost the counter's whole width.
 */
function calcNsGeneric(page: VdsoPage, delta: Cycles, mult: bigint, base: ShiftedNs): Ns {
  if (delta < page.maxCycles) return u64(delta * mult + base) >> page.shift;
  return u64((delta * mult + base) >> page.shift);
}

/** As the x86 vdso_calc_ns(), which shows the time of the last update where the counter is behind. */
function calcNs(page: VdsoPage, delta: Cycles, mult: bigint, base: ShiftedNs, rules: Rules): Ns {
  if (delta <= page.maxCycles) return u64(delta * mult + base) >> page.shift;
  if (rules.vdsoIsBehind(delta)) return base >> page.shift;
  return u64(((delta & S64_MAX) * mult + base) >> page.shift);
}
