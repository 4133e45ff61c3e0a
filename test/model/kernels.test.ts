import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOCK_IDS } from '../../src/contract/clock.js';
import { KERNEL_VERSIONS, type KernelVersion } from '../../src/contract/machine.js';
import { STA_INS } from '../../src/contract/timex.js';
import { KERNELS } from '../../src/model/kernels.js';
import { CLOCK_SET_WALL } from '../../src/model/tk-core.js';
import { closeAct } from './acts.js';
import { Booted, COUNTERS, MS, PPM, SEC, stateOf } from './booted.js';

const MIDNIGHT = 1_719_792_000n;
const BEFORE_SHADOW = ['6.12.109', '6.12.117'] as const;
const SINCE_SHADOW = ['6.13', '6.15'] as const;

test('every kernel version of the contract is described', () => {
  expect(Object.keys(KERNELS).sort()).toEqual([...KERNEL_VERSIONS].sort());
});

test.each([
  // 3 ms at 500 ppm are 1.5 µs; mult is whole, so it is off by less than 0.119 ppm.
  ['6.12.117', 1.5],
  ['6.12.109', 0],
  ['6.13', 0],
  ['6.15', 0],
] as const)('in %s a change of rate in mid-tick adds %d µs to ntp_error', (kernel, us) => {
  const guest = new Booted(undefined, { kernel });
  guest.tickThrough(40n * MS).elapse(3n * MS);
  guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
  expect(Number(guest.tk.ntpError >> 32n) / 1000).toBeCloseTo(us, 2);
});

/** Ten seconds old, with a slew under way, and its tick 3 ms ago. */
const slewing = (kernel: KernelVersion): Booted => {
  const guest = new Booted(undefined, { kernel });
  guest.tk.adjtimex({ modes: 0x8001, offset: 7_000n }, guest.counter);
  guest.tickThrough(10n * SEC).elapse(3n * MS);
  guest.tk.takeClockWasSet();
  return guest;
};

/** Calls that are refused after the kernel looked at the counter: -22, and REALTIME as before. */
const REFUSED: readonly (readonly [string, (guest: Booted) => number])[] = [
  ['settime to before MONOTONIC began', ({ tk, counter }) => tk.settime(9n, 0n, counter)],
  [
    'step to before MONOTONIC began',
    ({ tk, counter }) => tk.injectOffset(-1_700_000_001n, 0n, counter),
  ],
  ['step past the last year', ({ tk, counter }) => tk.injectOffset(8_000_000_000n, 0n, counter)],
  [
    'adjtimex that steps too far',
    ({ tk, counter }) => tk.adjtimex({ modes: 0x100, timeSec: -1_700_000_001n }, counter).ret,
  ],
];

describe.each(REFUSED)('a %s', (_, call) => {
  test.each(SINCE_SHADOW)('leaves no trace in %s', (kernel) => {
    const guest = slewing(kernel);
    const before = stateOf(guest.tk);
    expect(call(guest)).toBe(-22);
    expect(stateOf(guest.tk)).toEqual(before);
    expect(guest.tk.takeClockWasSet()).toBe(0);
  });

  test.each(BEFORE_SHADOW)('publishes and forgets the slew in %s', (kernel) => {
    const guest = slewing(kernel);
    const { clockWasSetSeq, vdsoSeq } = guest.tk;
    const [realtime, monotonic] = [guest.realtime(), guest.monotonic()];
    expect(guest.tk.ntp.timeAdjust).toBeGreaterThan(0n);
    expect(call(guest)).toBe(-22);
    expect(guest.tk.ntp.timeAdjust).toBe(0n);
    expect(guest.tk.clockWasSetSeq - clockWasSetSeq).toBe(1n);
    expect(guest.tk.vdsoSeq - vdsoSeq).toBe(2);
    expect(guest.tk.tkrMono.cycleLast).toBe(guest.counter);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_SET_WALL);
    expect([guest.realtime(), guest.monotonic()]).toEqual([realtime, monotonic]);
  });
});

/** Every field of the published timekeeper that the shadow has, too. */
const publishedLikeShadow = ({ tk }: Booted): unknown =>
  Object.fromEntries(Object.keys(tk.shadow).map((key) => [key, tk[key as keyof typeof tk]]));

describe('since 6.13, where nothing is refused', () => {
  const acts = () => fc.array(closeAct, { maxLength: 20 });

  test('both copies are the same after every act', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SINCE_SHADOW), acts(), (kernel, drawn) => {
        const guest = new Booted(COUNTERS.tsc29999, { kernel });
        for (const step of drawn) {
          step(guest);
          expect({ ...guest.tk.shadow }).toEqual(publishedLikeShadow(guest));
        }
      }),
    );
  });

  test('every clock but the coarse ones of 6.15 shows what it shows in 6.12.109', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SINCE_SHADOW), acts(), (kernel, drawn) => {
        const older = new Booted(COUNTERS.arm24m, { kernel: '6.12.109' });
        const newer = new Booted(COUNTERS.arm24m, { kernel });
        for (const step of drawn) {
          step(older);
          step(newer);
          for (const clock of CLOCK_IDS) {
            if (kernel === '6.15' && clock.endsWith('_COARSE')) continue;
            expect(newer.tk.read(clock, newer.counter)).toBe(older.tk.read(clock, older.counter));
          }
        }
      }),
    );
  });
});

describe('a frequency of +500 ppm set 3 ms after the tick at 40 ms', () => {
  // kvm-clock: mult 2^23 grows by floor(4194.304), so xtime falls by 3e6 * 4194 / 2^23 = 1499.9 ns.
  test.each([
    ['6.12.117', 39_998_500n],
    ['6.13', 39_998_500n],
    ['6.15', 40_000_000n],
  ] as const)('leaves the coarse clock of %s at %d ns, until the next tick', (kernel, ns) => {
    const guest = new Booted(undefined, { kernel });
    guest.tickThrough(40n * MS).elapse(3n * MS);
    guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
    expect(guest.tk.monotonicCoarse()).toBe(ns);
    expect(guest.monotonic()).toBe(43n * MS);
    guest.tickAfter(MS);
    // 40 ms - 1499.9 ns + 4e6 * 8392802 / 2^23 ns, on every kernel.
    expect(guest.tk.monotonicCoarse()).toBe(44_000_499n);
  });
});

describe('the coarse clocks of 6.15', () => {
  const midTick = (freq: bigint): Booted => {
    const guest = new Booted(undefined, { kernel: '6.15' });
    guest.tickThrough(40n * MS).elapse(3n * MS);
    guest.tk.adjtimex({ modes: 0x2, freq }, guest.counter);
    return guest;
  };

  test('do not run ahead either, where a lower frequency moves xtime on', () => {
    expect(midTick(-500n * PPM).tk.monotonicCoarse()).toBe(40n * MS);
  });

  test('stay where they are at a new TAI offset', () => {
    const guest = midTick(500n * PPM);
    guest.tk.adjtimex({ modes: 0x80, constant: 37n }, guest.counter);
    expect(guest.tk.monotonicCoarse()).toBe(40n * MS);
  });

  test('come up to the counter when REALTIME is set', () => {
    const guest = midTick(500n * PPM);
    guest.tk.settime(1_800_000_000n, 5n, guest.counter);
    expect(guest.tk.monotonicCoarse()).toBe(43n * MS);
    expect(guest.tk.realtimeCoarse()).toBe(1_800_000_000n * SEC + 5n);
  });

  test('do not step back where a writer is on a vCPU whose counter is behind', () => {
    const guest = midTick(500n * PPM).count(-3_000_000n);
    guest.tk.injectOffset(0n, 0n, guest.counter);
    // xtime is 1.5 µs lower, and there was nothing to account for.
    expect(guest.tk.xtime()).toEqual({ sec: 1_700_000_000n, nsec: 39_998_500n });
    expect(guest.tk.monotonicCoarse()).toBe(40n * MS);
  });

  test('are on the vDSO page, too', () => {
    const { basetime } = midTick(500n * PPM).tk.vdsoPage();
    expect(basetime.CLOCK_MONOTONIC_COARSE).toEqual({ sec: 0n, nsec: 40n * MS });
    expect(basetime.CLOCK_REALTIME_COARSE).toEqual({ sec: 1_700_000_000n, nsec: 40n * MS });
  });

  test('keep their second where a frequency takes xtime back across its start', () => {
    const guest = new Booted(undefined, { kernel: '6.15' }).elapse(3n * MS);
    guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
    expect(guest.tk.xtimeSec).toBe(1_699_999_999n);
    expect(guest.tk.realtimeCoarse()).toBe(1_700_000_000n * SEC);
  });

  test('step with REALTIME where a frequency carries out a leap second within a tick', () => {
    const guest = new Booted(undefined, { kernel: '6.15' });
    guest.tk.settime(MIDNIGHT - 3n, SEC - 100n, guest.counter);
    guest.tk.adjtimex({ modes: 0x10, status: STA_INS }, guest.counter);
    guest.tickThrough(2n * SEC).elapse(MS);
    expect(guest.tk.realtimeCoarse()).toBe(MIDNIGHT * SEC - 100n);
    // -500 ppm move xtime on by 500 ns, across midnight.
    guest.tk.adjtimex({ modes: 0x2, freq: -500n * PPM }, guest.counter);
    expect(guest.tk.taiOffset).toBe(1n);
    expect(guest.tk.realtimeCoarse()).toBe(MIDNIGHT * SEC - SEC - 100n);
    expect(guest.tk.monotonicCoarse()).toBe(2n * SEC);
  });

  test('never step back, lag the fine ones, and by at most a tick when they move', () => {
    fc.assert(
      fc.property(fc.array(closeAct, { maxLength: 40 }), (drawn) => {
        const guest = new Booted(COUNTERS.tsc25, { kernel: '6.15' });
        let last = guest.tk.monotonicCoarse();
        for (const step of drawn) {
          const { cycleLast } = guest.tk.tkrMono;
          step(guest);
          const coarse = guest.tk.monotonicCoarse();
          expect(coarse >= last && coarse <= guest.monotonic()).toBe(true);
          last = coarse;
          const { tkrMono, cycleInterval } = guest.tk;
          if (tkrMono.cycleLast === cycleLast) continue;
          const tick = (cycleInterval * tkrMono.mult) >> tkrMono.shift;
          expect(guest.monotonic() - coarse).toBeLessThanOrEqual(tick);
        }
      }),
    );
  });
});
