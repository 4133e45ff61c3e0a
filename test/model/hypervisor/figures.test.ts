import { describe, expect, test } from 'vitest';
import { nominalMultShift } from '../../../src/math/mult-shift.js';
import { crosvmSlowPpb } from '../../../src/model/hypervisor/crosvm-pvclock.js';
import {
  guestTsc,
  guestWritesTsc,
  guestWritesTscAdjust,
  SVM_FRACTION,
  scaleTsc,
  setTscKhz,
  VMX_FRACTION,
} from '../../../src/model/hypervisor/guest-tsc.js';
import { documentedTscOffset, Kvmclock } from '../../../src/model/hypervisor/kvmclock.js';
import {
  pvclockRead,
  pvclockScale,
  pvclockScaleDelta,
} from '../../../src/model/hypervisor/pvclock.js';
import { referencePageOf, referenceTime } from '../../../src/model/hypervisor/reference-page.js';

const DAY_SEC = 86_400n;
const PLAIN = { ratio: 1n << VMX_FRACTION, fraction: VMX_FRACTION };

/** A host whose clocksource is its TSC, registered in kHz as the kernel does. */
function hostOf(tscKhz: bigint) {
  const spec = { name: 'tsc', freq: tscKhz, scale: 1000n, widthBits: 64, nonstop: false };
  return { tscKhz, raw: nominalMultShift(spec) };
}

const at = (hostTsc: bigint, realtimeNs = 0n) => ({ hostTsc, realtimeNs });

// virtualization.md section 2.5: derived there with integer arithmetic alone.
describe('a re-base of kvmclock, after a day', () => {
  test.each([
    [2_400_000n, 4.13],
    [2_100_000n, -5.13],
    [2_994_372n, -6.23],
    [3_392_624n, -8.33],
    [2_000_000n, 0],
  ])('at %d kHz steps by %d ms', (khz, ms) => {
    const clock = new Kvmclock(hostOf(khz), at(0n));
    const later = khz * 1000n * DAY_SEC;
    const before = pvclockRead(clock.page(PLAIN, 0n), later);
    clock.updateMasterClock(at(later));
    const step = pvclockRead(clock.page(PLAIN, 0n), later) - before;
    expect(Number(step) / 1e6).toBeCloseTo(ms, 2);
  });

  test('at 2.994372 GHz it goes back by 72 ns for each second, 4.3 us a minute', () => {
    const khz = 2_994_372n;
    const step = (sec: bigint) => {
      const clock = new Kvmclock(hostOf(khz), at(0n));
      const later = khz * 1000n * sec;
      const before = pvclockRead(clock.page(PLAIN, 0n), later);
      clock.updateMasterClock(at(later));
      return pvclockRead(clock.page(PLAIN, 0n), later) - before;
    };
    expect(step(1n)).toBe(-72n);
    expect(Number(step(60n)) / 1000).toBeCloseTo(-4.3, 1);
  });
});

describe('a scaled guest', () => {
  const userKhz = 2_345_678n;
  const hostKhz = 2_400_000n;
  const frequency = setTscKhz(userKhz, hostKhz, VMX_FRACTION);

  test('gets a page for 1 kHz less than it asked for, and is 36.8 ms a day ahead of KVM_GET_CLOCK', () => {
    const clock = new Kvmclock(hostOf(hostKhz), at(0n));
    const page = clock.page(frequency.scale, 0n);
    const { mul, shift } = pvclockScale(1_000_000_000n, (userKhz - 1n) * 1000n);
    expect([page.tscToSystemMul, page.tscShift]).toEqual([mul, shift]);
    const hostTsc = hostKhz * 1000n * DAY_SEC;
    const guest = pvclockRead(page, guestTsc(hostTsc, frequency.scale, 0n));
    expect(Number(guest - clock.getClock(at(hostTsc)).clock) / 1e6).toBeCloseTo(36.8, 1);
  });

  // A ratio cut to F bits is slow by less than 2^-F: host cycles of a day / 2^F.
  test('loses at most a cycle a day with 48 fraction bits, and thousands with 32', () => {
    const hostCycles = hostKhz * 1000n * DAY_SEC;
    const lost = (fraction: bigint) => {
      const { scale } = setTscKhz(userKhz, hostKhz, fraction);
      return userKhz * 1000n * DAY_SEC - scaleTsc(hostCycles, scale);
    };
    expect(lost(VMX_FRACTION)).toBeLessThanOrEqual(1n);
    expect(lost(SVM_FRACTION)).toBeLessThanOrEqual((hostCycles >> SVM_FRACTION) + 1n);
    expect(lost(SVM_FRACTION)).toBeGreaterThan(10_000n);
  });

  test('within 250 ppm runs at the host’s rate and is not told', () => {
    expect(setTscKhz(2_400_600n, hostKhz, VMX_FRACTION)).toMatchObject({ kind: 'host-rate' });
    expect(setTscKhz(2_400_601n, hostKhz, VMX_FRACTION)).toMatchObject({ kind: 'scaled' });
    expect(setTscKhz(2_399_400n, hostKhz, undefined)).toMatchObject({ kind: 'host-rate' });
  });

  test('without a multiplier is caught up or refused', () => {
    expect(setTscKhz(2_500_000n, hostKhz, undefined)).toMatchObject({ kind: 'catch-up' });
    expect(() => setTscKhz(2_300_000n, hostKhz, undefined)).toThrow('without TSC scaling');
  });
});

describe('writes of the guest to its own TSC', () => {
  test('move TSC_ADJUST and the offset alike', () => {
    const vcpu = { offset: 1000n, adjust: 5n };
    guestWritesTsc(vcpu, 400n, 500n);
    expect(vcpu).toEqual({ offset: (1n << 64n) - 100n, adjust: 5n - 1100n });
    guestWritesTscAdjust(vcpu, 5n);
    expect(vcpu).toEqual({ offset: 1000n, adjust: 5n });
  });
});

describe('pvclock arithmetic', () => {
  test.each([1_000_000_000n, 2_000_000_000n, 2_400_000_000n, 3_392_624_000n, 24_000_000n])(
    'at %d Hz is slow by at most 0.3 ppb and never fast',
    (hz) => {
      const ns = pvclockScaleDelta(hz * 4n, pvclockScale(1_000_000_000n, hz));
      expect(ns).toBeLessThanOrEqual(4_000_000_000n);
      // 0.3 ppb of 4 s is 1.2 ns, and a fraction that is cut off.
      expect(ns).toBeGreaterThanOrEqual(4_000_000_000n - 3n);
    },
  );

  test('a TSC below the timestamp counts as almost 2^64 cycles', () => {
    const page = new Kvmclock(hostOf(2_000_000n), at(1000n)).page(PLAIN, 0n);
    expect(pvclockRead(page, 1000n)).toBe(0n);
    expect(pvclockRead(page, 999n)).toBeGreaterThan(1n << 62n);
  });
});

describe('KVM_SET_CLOCK', () => {
  const host = hostOf(2_000_000n);
  const second = 2_000_000_000n;

  test('puts back what KVM_GET_CLOCK said, and goes on from there', () => {
    const clock = new Kvmclock(host, at(0n));
    const { clock: saved } = clock.getClock(at(5n * second));
    clock.setClock({ clock: saved }, at(65n * second));
    expect(clock.getClock(at(66n * second)).clock).toBe(saved + 1_000_000_000n);
  });

  test('with what KVM_GET_CLOCK says since 5.16 goes forward by REALTIME, and never back', () => {
    const clock = new Kvmclock(host, at(0n, 1_000n));
    const saved = clock.getClock(at(second, 1_000n));
    clock.setClock(saved, at(2n * second, 61_000n));
    expect(clock.getClock(at(2n * second)).clock).toBe(saved.clock + 60_000n);
    clock.setClock(saved, at(3n * second, 999n));
    expect(clock.getClock(at(3n * second)).clock).toBe(saved.clock);
  });
});

describe('the documented migration of TSC offsets', () => {
  // Two hosts of one rate that booted at different times; kvmclock is right on both.
  const khz = 2_994_372n;
  const here = { guestNs: 1_000_000_007n, hostTsc: 5_000_000_000_000n };
  const there = { guestNs: 61_234_567_891n, hostTsc: 77_000_000_000n };

  /** The guest's TSC where kvmclock is 0, in 10^-6 cycles. */
  const zero = ({ guestNs, hostTsc }: typeof here, offset: bigint) =>
    (hostTsc + offset) * 1_000_000n - guestNs * khz;

  test('keeps the guest’s TSC where kvmclock is 0, to a cycle', () => {
    const offset = documentedTscOffset(123n, here, there, khz);
    const moved = zero(there, offset) - zero(here, 123n);
    expect(moved).not.toBe(0n);
    expect(moved).toBeLessThan(1_000_000n);
    expect(moved).toBeGreaterThan(-1_000_000n);
  });

  test('from A to B and back drops the rest of each hop: it is not what it was', () => {
    const back = { guestNs: 121_469_135_775n, hostTsc: 5_360_726_900_000n };
    const once = documentedTscOffset(123n, here, there, khz);
    const twice = documentedTscOffset(once, there, back, khz);
    const moved = zero(back, twice) - zero(here, 123n);
    expect(moved).not.toBe(0n);
    expect(moved < 2_000_000n && moved > -2_000_000n).toBe(true);
  });
});

describe('the reference TSC page', () => {
  test('shows kvmclock to a unit of 100 ns', () => {
    const clock = new Kvmclock(hostOf(2_400_000n), at(0n));
    const page = clock.page(PLAIN, 0n);
    const reference = referencePageOf(page);
    if (reference === undefined) throw new Error('2.4 GHz fits');
    for (const tsc of [0n, 1n, 239n, 240n, 2_400_000_000n, 1n << 50n]) {
      const difference = referenceTime(reference, tsc) - pvclockRead(page, tsc) / 100n;
      expect(difference === 0n || difference === -1n).toBe(true);
    }
  });

  test('cannot hold a counter of 10 MHz or less', () => {
    const page = { tscTimestamp: 0n, systemTime: 0n, flags: 1 };
    const of = (hz: bigint) => {
      const { mul, shift } = pvclockScale(1_000_000_000n, hz);
      return referencePageOf({ ...page, tscToSystemMul: mul, tscShift: shift });
    };
    expect(of(10_000_000n)).toBeUndefined();
    expect(of(11_000_000n)).toBeDefined();
  });
});

// virtualization.md section 9.
test.each([
  [2_400_000_000n, 24.4],
  [3_000_000_000n, 15.3],
  [2_100_000_000n, 19.8],
])('crosvm’s clock on a counter of %d Hz is %d ppm slow', (hz, ppm) => {
  expect(Number(crosvmSlowPpb(hz)) / 1000).toBeCloseTo(ppm, 1);
});
