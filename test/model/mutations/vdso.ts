import type { Caught } from './mutation.js';

/** The vDSO page and its reader. */
export const VDSO: readonly Caught[] = [
  {
    name: 'the sequence of the page moves by one',
    file: 'model/tk-core.ts',
    from: 'this.vdsoSeq + 2',
    to: 'this.vdsoSeq + 1',
    caughtBy: 'adjtime-tsc29999',
  },
  {
    name: 'the page has the TAI of a second ago in a leap second',
    file: 'model/vdso-page.ts',
    from: 'u64(tk.xtimeSec + tk.taiOffset)',
    to: 'tk.xtimeSec',
    caughtBy: 'bound-leap-del-kvm1g',
  },
  {
    name: 'the page loses the nanoseconds of sleep',
    file: 'model/vdso-page.ts',
    from: 'monotonic.nsec + (monotonicToBoot.nsec << shift)',
    to: 'monotonic.nsec',
    caughtBy: 'suspend-pc-tsc25',
  },
  {
    name: 'the page has MONOTONIC_COARSE without its own nanoseconds',
    file: 'model/vdso-page.ts',
    from: 'coarse.nsec + wallToMonotonic.nsec',
    to: 'coarse.nsec',
    caughtBy: 'backward-tsc25',
  },
  {
    name: 'user space converts a long gap in 64 bits',
    file: 'model/vdso-page.ts',
    from: 'u64(((delta & S64_MAX) * mult + base) >> page.shift)',
    to: 'u64((delta & S64_MAX) * mult + base) >> page.shift',
    caughtBy: 'nohz-tsc29999',
  },
  {
    name: 'user space does not notice a counter behind cycle_last',
    file: 'model/vdso-page.ts',
    from: 'if (rules.vdsoIsBehind(delta)) return base >> page.shift;',
    to: '',
    caughtBy: 'backward-kvm1g',
  },
  {
    name: 'user space reads RAW at the rate of MONOTONIC',
    file: 'model/vdso-page.ts',
    from: 'raw ? page.rawMult : page.mult',
    to: 'page.mult',
    caughtBy: 'freq-kvm1g',
  },
  {
    name: 'user space reads a counter that it can not',
    file: 'model/vdso-page.ts',
    from: "  if (page.clockMode === 'none') return null;\n",
    to: '',
    caughtBy: 'switch-kvm1g',
  },
];
