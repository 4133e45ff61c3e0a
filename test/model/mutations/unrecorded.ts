import type { Unrecorded } from './mutation.js';

/** What the recordings at hand do not come by; a test of the core's own stands in. */
export const UNRECORDED: readonly Unrecorded[] = [
  {
    name: 'a tick that does not divide the second is rounded down',
    file: 'model/clocksource.ts',
    from: '(NSEC_PER_SEC + BigInt(hz) / 2n) / BigInt(hz)',
    to: 'NSEC_PER_SEC / BigInt(hz)',
    caughtBy: {
      file: 'model/clocksource.test.ts',
      test: 'at a rate that does not divide the second rounds the length of a tick',
    },
  },
  {
    name: 'a narrow counter one cycle behind is noticed',
    file: 'model/tk-read-base.ts',
    from: 'delta > tkr.clock.maxCycles &&',
    to: 'delta >= tkr.clock.maxCycles &&',
    caughtBy: {
      file: 'model/tk-read-base.test.ts',
      test: 'an acpi_pm one cycle behind shows almost a whole wrap more',
    },
  },
  {
    name: 'a delta of exactly max_cycles does not overflow',
    file: 'model/rules.ts',
    from: 'delta > tkr.clock.maxCycles',
    to: 'delta >= tkr.clock.maxCycles',
    caughtBy: {
      file: 'model/rules.test.ts',
      test: 'a delta of max_cycles is the last that 64 bits have to do for',
    },
  },
  {
    name: 'a time past the end of ktime_t goes on',
    file: 'model/tk-read-base.ts',
    from: 'ns > KTIME_MAX ? s64(ns) : ns',
    to: 'ns',
    caughtBy: {
      file: 'model/tk-read-base.test.ts',
      test: 'a time past the end of ktime_t wraps',
    },
  },
  {
    name: 'timer interrupts take the offsets anew each time',
    file: 'model/readers.ts',
    from: 'cached.clockWasSetSeq !== core.clockWasSetSeq',
    to: 'cached.clockWasSetSeq <= core.clockWasSetSeq',
    caughtBy: {
      file: 'model/readers.test.ts',
      test: 'does not look at the offsets again until the clock was set',
    },
  },
  {
    name: 'forwarding to the very start of a second stays in the one before',
    file: 'model/tk-state.ts',
    from: 'if (tkrMono.xtimeNsec >= second) {',
    to: 'if (tkrMono.xtimeNsec > second) {',
    caughtBy: {
      file: 'model/tk-state.test.ts',
      test: 'to the very start of a second is in that second',
    },
  },
  {
    name: 'a new counter keeps the second that was taken back',
    file: 'model/tk-state.ts',
    from: '    this.skipSecondOverflow = false;\n  }',
    to: '  }',
    caughtBy: {
      file: 'model/timekeeper.test.ts',
      test: 'forgets a second that was taken back, and what NTP had under way',
    },
  },
  {
    name: 'a switch of the counter keeps what NTP has under way',
    file: 'model/timekeeper.ts',
    from: 'this.commit(TK_CLEAR_NTP | TK_CLOCK_WAS_SET)',
    to: 'this.commit(TK_CLOCK_WAS_SET)',
    caughtBy: {
      file: 'model/timekeeper.test.ts',
      test: 'forgets a second that was taken back, and what NTP had under way',
    },
  },
  {
    name: 'the page of a counter that user space can not read shows it',
    file: 'model/vdso-page.ts',
    from: "if (this.clockMode !== 'none') this",
    to: 'this',
    caughtBy: {
      file: 'model/vdso-page.test.ts',
      test: 'keeps what the fine clocks were after a switch to a counter without a mode',
    },
  },
  {
    name: 'many ticks at once count a second again that was taken back',
    file: 'model/accumulate.ts',
    from: ' && !tk.skipSecondOverflow',
    to: '',
    caughtBy: {
      file: 'model/accumulate.test.ts',
      test: 'counts no second twice that an adjustment took back',
    },
  },
  {
    name: 'mult wraps at 32 bits',
    file: 'model/accumulate.ts',
    from: '  if (u32(mult) !== mult && adj > 0n) return;\n',
    to: '',
    caughtBy: {
      file: 'model/accumulate.test.ts',
      test: 'a multiplier that would no longer fit 32 bits stays as it is',
    },
  },
  {
    name: 'a leap second that was jumped over comes late',
    file: 'model/ntp.ts',
    from: 'secs !== this.ntpNextLeapSec',
    to: 'secs < this.ntpNextLeapSec',
    caughtBy: { file: 'model/ntp.test.ts', test: 'never happens if its second is jumped over' },
  },
  {
    name: 'a deletion goes before an insertion',
    file: 'model/ntp.ts',
    from: 'if ((status & STA_INS) !== 0) {',
    to: 'if ((status & STA_DEL) === 0 && (status & STA_INS) !== 0) {',
    caughtBy: {
      file: 'model/ntp.test.ts',
      test: 'asked for both ways is inserted',
    },
  },
  {
    name: 'a maxerror of 16 s is unsynchronised',
    file: 'model/ntp.ts',
    from: 'this.timeMaxerror > NTP_PHASE_LIMIT',
    to: 'this.timeMaxerror >= NTP_PHASE_LIMIT',
    caughtBy: {
      file: 'model/ntp.test.ts',
      test: 'a maxerror of 16 s is still synchronised, more is not',
    },
  },
  {
    name: 'adjtimex sets what only the kernel sets',
    file: 'model/ntp-modes.ts',
    from: '(status & ~STA_RONLY)',
    to: 'status',
    caughtBy: {
      file: 'model/ntp-modes.test.ts',
      test: 'cannot set what only the kernel sets',
    },
  },
  {
    name: 'the PLL counts seconds that no tick has accounted for',
    file: 'model/adjtimex.ts',
    from: 'processAdjtimexModes(ntp, timex, xtimeSec, taiOffset)',
    to: 'processAdjtimexModes(ntp, timex, real / 1_000_000_000n, taiOffset)',
    caughtBy: {
      file: 'model/adjtimex.test.ts',
      test: 'a phase is timed by the second of the last tick',
    },
  },
  {
    name: 'an insertion called off is reported when it would have come',
    file: 'model/adjtimex.ts',
    from: 'ntp.timeState === TIME_INS && (ntp.timeStatus & STA_INS) !== 0',
    to: 'ntp.timeState === TIME_INS',
    caughtBy: {
      file: 'model/adjtimex.test.ts',
      test: 'an insertion called off at the last moment is not',
    },
  },
  {
    name: 'REALTIME may not be set to where MONOTONIC began',
    file: 'model/settime.ts',
    from: 'compareTimespec(tk.wallToMonotonic, delta) > 0',
    to: 'compareTimespec(tk.wallToMonotonic, delta) >= 0',
    caughtBy: {
      file: 'model/settime.test.ts',
      test: 'to before MONOTONIC began is refused late, with the NTP state gone',
    },
  },
  {
    name: 'REALTIME may be stepped to before MONOTONIC began',
    file: 'model/settime.ts',
    from: '  if (compareTimespec(tk.wallToMonotonic, ts) > 0) return refuseLate(core);\n',
    to: '',
    caughtBy: { file: 'model/kernels.test.ts', test: 'leaves no trace in %s' },
  },
  {
    name: 'REALTIME may be stepped past the last year',
    file: 'model/settime.ts',
    from: '  if (!isValidSettod(addTimespec(tk.xtime(), ts))) return refuseLate(core);\n',
    to: '',
    caughtBy: { file: 'model/settime.test.ts', test: 'by %d s %d ns is refused; late: %s' },
  },
  {
    name: 'a sleep of years by the counter overflows',
    file: 'model/suspend.ts',
    from: 'u64((delta * clock.mult) >> clock.shift)',
    to: 'u64(delta * clock.mult) >> clock.shift',
    caughtBy: { file: 'model/suspend.test.ts', test: 'by a counter that runs on, for years' },
  },
  {
    name: 'a persistent clock that appears later is not noticed',
    file: 'model/suspend.ts',
    from: '  if (persistent.sec !== 0n || persistent.nsec !== 0n) core.persistentClockExists = true;\n',
    to: '',
    caughtBy: {
      file: 'model/suspend.test.ts',
      test: 'that was not there at boot is compared with REALTIME, too',
    },
  },
  {
    name: 'a history on another counter is believed',
    file: 'model/crosststamp.ts',
    from: 'history.csWasChangedSeq !== core.csWasChangedSeq',
    to: 'history.csWasChangedSeq > core.csWasChangedSeq',
    caughtBy: {
      file: 'model/crosststamp.test.ts',
      test: 'of a history on another counter is refused',
    },
  },
  {
    name: 'a narrow counter that wrapped since the last update stamps nothing',
    file: 'model/rules.ts',
    from: ': cycles >= start || cycles <= end',
    to: ': false',
    caughtBy: {
      file: 'model/crosststamp.test.ts',
      test: 'a narrow counter that wrapped since the last update has been at both ends of its width',
    },
  },
  {
    name: 'a history that is too long for 64 bits overflows',
    file: 'model/crosststamp.ts',
    from: '  if (room < bitLength(quotient) || room < bitLength(rest)) return undefined;\n',
    to: '',
    caughtBy: {
      file: 'model/crosststamp.test.ts',
      test: 'whose way in %s is too long for 64 bits overflows',
    },
  },
];
