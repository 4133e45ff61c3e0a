import type { Mutation } from './mutation.js';

/** Other texts of the same core: no recording, no law and no test can tell them from it. */
export const EQUIVALENTS: readonly Mutation[] = [
  // secondOverflow() calls leapAt() and growMaxerror() one after the other. The first looks at the
  // leap state, its second and STA_INS and STA_DEL; the second writes maxerror and STA_UNSYNC.
  // Neither writes what the other reads, so their order is free.
  {
    name: 'maxerror grows before the leap state moves',
    file: 'model/ntp.ts',
    from: 'const leap = this.leapAt(secs);\n    this.growMaxerror(1n);',
    to: 'this.growMaxerror(1n);\n    const leap = this.leapAt(secs);',
  },
  // The sum around it is cut to 64 bits, too, and s64(s64(x) << n) = s64(x << n) for n >= 0: the bits
  // that the inner cut drops are shifted out of the 64 anyway. n is 24 - 2 * timeConstant, and
  // timeConstant is clamped to [0, 10].
  {
    name: 'phase times interval is not cut to 64 bits before it is shifted',
    file: 'model/ntp-modes.ts',
    from: '(s64(offset * secs) << shift)',
    to: '((offset * secs) << shift)',
  },
  // A counter that stood still over the sleep has the delta 0, and (0 * mult) >> shift is the 0 that
  // is returned without asking.
  {
    name: 'a counter that stood still over a sleep is converted',
    file: 'model/suspend.ts',
    from: 'if (counter <= start) return 0n;',
    to: 'if (counter < start) return 0n;',
  },
  // Every writer of one cycleLast writes the other with the same value: setupInternals(),
  // forwardNow(), advanceCycleLast() and restart(); copyFrom() copies both. They begin equal, at 0.
  {
    name: 'user space reads RAW from where MONOTONIC was last updated',
    file: 'model/vdso-page.ts',
    from: 'raw ? page.rawCycleLast : page.cycleLast',
    to: 'page.cycleLast',
  },
];
