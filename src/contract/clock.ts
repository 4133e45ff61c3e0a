/** What clock_gettime(2) and clock_settime(2) promise of one clock. */
export interface Clock {
  /** It steps, in either direction, when clock_settime(2) sets CLOCK_REALTIME. */
  readonly settable: boolean;
  /** Its rate follows adjtimex(2). */
  readonly slewed: boolean;
  /** It goes on counting while the guest is suspended. */
  readonly countsSuspend: boolean;
  /** A fine clock reads the counter; a coarse one shows the last tick's value. */
  readonly resolution: 'ns' | 'tick';
}

/** The man page as data: a law about "every clock that …" filters this table. */
export const CLOCKS = {
  CLOCK_REALTIME: { settable: true, slewed: true, countsSuspend: true, resolution: 'ns' },
  CLOCK_TAI: { settable: true, slewed: true, countsSuspend: true, resolution: 'ns' },
  CLOCK_MONOTONIC: { settable: false, slewed: true, countsSuspend: false, resolution: 'ns' },
  CLOCK_MONOTONIC_RAW: { settable: false, slewed: false, countsSuspend: false, resolution: 'ns' },
  CLOCK_BOOTTIME: { settable: false, slewed: true, countsSuspend: true, resolution: 'ns' },
  CLOCK_REALTIME_COARSE: { settable: true, slewed: true, countsSuspend: true, resolution: 'tick' },
  CLOCK_MONOTONIC_COARSE: {
    settable: false,
    slewed: true,
    countsSuspend: false,
    resolution: 'tick',
  },
} as const satisfies Record<string, Clock>;

export type ClockId = keyof typeof CLOCKS;

export const CLOCK_IDS = Object.keys(CLOCKS) as readonly ClockId[];

/** The clocks that hrtimers have a base for. */
export const HRTIMER_CLOCKS = [
  'CLOCK_MONOTONIC',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME',
  'CLOCK_TAI',
] as const satisfies readonly ClockId[];

export type HrtimerClockId = (typeof HRTIMER_CLOCKS)[number];

/** The clocks that a timer may be armed on: a RAW one is mapped onto MONOTONIC. */
export const TIMER_CLOCKS = [
  ...HRTIMER_CLOCKS,
  'CLOCK_MONOTONIC_RAW',
] as const satisfies readonly ClockId[];

export type TimerClockId = (typeof TIMER_CLOCKS)[number];

/**
 * How a read reached the clock, or who asked: the system call, the vDSO page, the NMI-safe latch, the
 * expiry code of a vCPU's hrtimers, the time stamp of a file (which only coarse clocks give), or a page
 * that the host shares with user space, where the design has one.
 */
export const READ_PATHS = ['syscall', 'vdso', 'nmi', 'timer-base', 'file-stamp', 'page'] as const;
export type ReadPath = (typeof READ_PATHS)[number];
