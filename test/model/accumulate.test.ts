import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Booted, COUNTERS, MS, PPM, SEC, stateOf } from './booted.js';

const ADJ_OFFSET_SINGLESHOT = 0x8001;
const setFreq = (guest: Booted, freq: bigint) =>
  guest.tk.adjtimex({ modes: 0x2, freq }, guest.counter);
const errorNs = (guest: Booted) => Number(guest.tk.ntpError) / 2 ** 32;

describe('a tick', () => {
  test('before a whole interval has passed publishes nothing', () => {
    const guest = new Booted().count(3_999_999n);
    const before = stateOf(guest.tk);
    expect(guest.tk.tick(guest.counter)).toBe(false);
    expect(stateOf(guest.tk)).toEqual(before);
  });

  test('takes whole intervals and leaves the rest to the readers', () => {
    const guest = new Booted().count(9_000_000n);
    expect(guest.tk.tick(guest.counter)).toBe(true);
    expect(guest.tk.tkrMono.cycleLast).toBe(5_000_000_000n + 8_000_000n);
    expect(guest.monotonic()).toBe(9n * MS);
  });

  test('moves no clock at the counter value that it sampled', () => {
    const gap = fc.bigInt({ min: 1n, max: 2n ** 45n });
    const freq = fc.bigInt({ min: -500n * PPM, max: 500n * PPM });
    fc.assert(
      fc.property(
        fc.constantFrom('tsc29999', 'arm24m', 'kvm1g'),
        freq,
        gap,
        (name, ppm, cycles) => {
          const guest = new Booted(COUNTERS[name as 'tsc29999']);
          setFreq(guest, ppm);
          guest.count(cycles);
          const before = [guest.monotonic(), guest.raw(), guest.realtime()];
          guest.tk.tick(guest.counter);
          expect([guest.monotonic(), guest.raw(), guest.realtime()]).toEqual(before);
        },
      ),
    );
  });

  test('in two halves ends where one at once ends', () => {
    const gaps = fc.array(fc.bigInt({ min: 1n, max: 20n * SEC }), { maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.bigInt({ min: -500n * PPM, max: 500n * PPM }), (times, freq) => {
        const once = new Booted(COUNTERS.tsc25);
        setFreq(once, freq);
        const halves = new Booted(COUNTERS.tsc25);
        setFreq(halves, freq);
        for (const ns of times) {
          once.tickAfter(ns);
          halves.elapse(ns);
          if (halves.tk.sampleTick(halves.counter)) halves.tk.publishTick();
        }
        expect(stateOf(halves.tk)).toEqual(stateOf(once.tk));
      }),
    );
  });

  test('while suspended does nothing', () => {
    const guest = new Booted();
    guest.tk.suspend(guest.counter, { sec: 0n, nsec: 0n });
    expect(guest.tickAfter(SEC)).toBe(false);
  });
});

describe('a long gap', () => {
  test('is the same sum in one tick as in many, where NTP is steady', () => {
    const gap = fc.bigInt({ min: 10n * SEC, max: 200n * SEC });
    fc.assert(
      fc.property(gap, (ns) => {
        const guest = new Booted(COUNTERS.tsc29999, { hz: 1000 });
        const { cycleInterval, ntpTick, xtimeInterval, xtimeRemainder, ntpErrorShift } = guest.tk;
        guest.tickAfter(ns);
        const ticks = guest.cycles(ns) / cycleInterval;
        const perTick = ntpTick - ((xtimeInterval + xtimeRemainder) << ntpErrorShift);
        const off = guest.cycles(ns) % cycleInterval;
        const errMult = guest.tk.ntpErrMult;
        expect(guest.tk.ntpError).toBe(perTick * ticks + ((off * errMult) << ntpErrorShift));
        expect(guest.tk.ntp.timeMaxerror).toBe(16_000_000n);
        expect(guest.tk.rawSec).toBe((ticks * guest.tk.rawInterval) / (SEC << 24n));
      }),
      { numRuns: 20 },
    );
  });

  test('of ten years costs no more than one of seconds', () => {
    const guest = new Booted();
    const start = performance.now();
    const tenYears = 10n * 365n * 86_400n * SEC;
    guest.tickAfter(tenYears);
    guest.elapse(tenYears);
    guest.tk.settime(1_800_000_000n, 0n, guest.counter);
    expect(performance.now() - start).toBeLessThan(200);
    expect(guest.raw()).toBe(2n * tenYears);
  });

  test('lets maxerror grow by 500 µs per second, also in one tick', () => {
    const guest = new Booted();
    guest.tk.adjtimex({ modes: 0x4, maxerror: 1_000n }, guest.counter);
    guest.tickAfter(100n * SEC);
    expect(guest.tk.ntp.timeMaxerror).toBe(51_000n);
  });

  test('counts no second twice that an adjustment took back', () => {
    // 300 µs into the second 10 percent more from 4 ms earlier take xtime back across its start.
    const guest = new Booted(undefined, { persistent: { sec: 1_700_000_000n, nsec: 300_000n } });
    guest.tk.adjtimex({ modes: 0x4, maxerror: 1_000n }, guest.counter);
    guest.elapse(3_999_999n);
    const before = guest.realtime();
    guest.tk.adjtimex({ modes: 0x4000, tick: 11_000n }, guest.counter);
    expect(guest.tk.skipSecondOverflow).toBe(true);
    expect(guest.tk.xtimeSec).toBe(1_699_999_999n);
    expect(guest.realtime()).toBe(before);
    guest.tickAfter(1_000_100n * MS);
    // REALTIME went on by 1100.1 s, and the start of the first second does not count.
    expect(guest.tk.ntp.timeMaxerror).toBe(1_000n + 500n * 1_100n);
  });
});

describe('a gap past seven eighths of a narrow counter', () => {
  test('counts as nothing, and a settime inside it loses all of it', () => {
    const guest = new Booted(COUNTERS.acpipm).elapse(4_200n * MS);
    expect(guest.tk.tick(guest.counter)).toBe(false);
    expect(guest.monotonic() / MS).toBe(4_199n);
    guest.tk.settime(1_700_000_100n, 0n, guest.counter);
    expect(guest.monotonic()).toBe(0n);
  });

  test('past the wrap takes MONOTONIC back by one period', () => {
    const guest = new Booted(COUNTERS.acpipm).elapse(4_600n * MS);
    const before = guest.monotonic();
    guest.elapse(200n * MS);
    expect(Number(before + 200n * MS - guest.monotonic()) / 1e9).toBeCloseTo(4.687, 3);
  });
});

describe('following NTP (B4)', () => {
  test('in steady state the error of kvm-clock at +123.4 ppm stays within half a nanosecond', () => {
    const guest = new Booted();
    setFreq(guest, 8_087_142n);
    guest.tickThrough(SEC);
    let [lowest, highest] = [0, 0];
    for (let tick = 0; tick < 2_000; tick++) {
      guest.tickAfter(4n * MS);
      lowest = Math.min(lowest, errorNs(guest));
      highest = Math.max(highest, errorNs(guest));
    }
    expect(lowest).toBeCloseTo(-0.403, 2);
    expect(highest).toBeCloseTo(0.074, 2);
  });

  test.each([
    [1n, 100.8],
    [10n, 1_008],
    [100n, 10_083],
  ])('a gap of %d s holds the multiplier and is off by %d ns', (gapSec, ns) => {
    const guest = new Booted();
    setFreq(guest, 8_087_142n);
    guest.tickThrough(SEC);
    while (guest.tk.ntpErrMult === 0n) guest.tickAfter(4n * MS);
    const before = errorNs(guest);
    guest.tickAfter(gapSec * SEC);
    expect((before - errorNs(guest)) / ns).toBeCloseTo(1, 2);
  });

  test('frequency changes late in a tick down and early up run away by 8 ms in 2000 rounds', () => {
    const guest = new Booted();
    for (let round = 0; round < 2_000; round++) {
      setFreq(guest, 500n * PPM);
      guest.count(guest.tk.cycleInterval - 1n);
      setFreq(guest, -500n * PPM);
      guest.count(1n);
      guest.tk.tick(guest.counter);
    }
    expect(errorNs(guest) / 1e6).toBeCloseTo(-8, 1);
  });

  test('500 ppm make a second longer by 500 µs, and both limits hold', () => {
    const guest = new Booted();
    setFreq(guest, 600n * PPM);
    guest.tickThrough(SEC);
    expect(Number(guest.monotonic() - guest.raw()) / 1e3).toBeCloseTo(500, 0);
    expect(guest.tk.adjtimex({ modes: 0 }, guest.counter).freq).toBe(500n * PPM);
  });
});

describe('adjtime over gaps (B6)', () => {
  /** What 5000 µs of adjtime(3) deliver over `gaps` of single ticks, in µs. */
  const delivered = (ticksNs: bigint, gaps: readonly bigint[]) => {
    const guest = new Booted(COUNTERS.tsc25);
    guest.tk.adjtimex({ modes: ADJ_OFFSET_SINGLESHOT, offset: 5_000n }, guest.counter);
    guest.tickThrough(ticksNs);
    for (const gap of gaps) guest.tickAfter(gap * SEC);
    return { us: Number(guest.monotonic() - guest.raw()) / 1e3, left: guest.tk.ntp.timeAdjust };
  };

  test('with ticks all the time delivers what was asked for', () => {
    const { us, left } = delivered(15n * SEC, []);
    expect(Math.abs(us - 4_998.829)).toBeLessThan(1);
    expect(left).toBe(0n);
  });

  test('a gap before the first second boundary swallows all of it', () => {
    const { us, left } = delivered(0n, [14n]);
    expect(Math.abs(us)).toBeLessThan(1);
    expect(left).toBe(0n);
  });

  test.each([
    ['one of 14 s', [14n], 7_099],
    ['one of 60 s', [60n], 30_103],
    ['five of 3 s', [3n, 3n, 3n, 3n, 3n], 6_099],
  ])('after 1.2 s of ticks %s delivers too much', (_, gaps, us) => {
    // One unit of mult is 0.149 ppm, so up to 9 µs in 60 s.
    expect(Math.abs(delivered(1_200n * MS, gaps).us - us)).toBeLessThan(10);
  });
});

describe('between the two halves of a tick (B2)', () => {
  test('a reader sees nothing of the first half', () => {
    const guest = new Booted();
    setFreq(guest, 500n * PPM);
    guest.elapse(8n * MS);
    const before = [guest.tk.tkrMono.cycleLast, guest.tk.xtimeSec, guest.monotonic()];
    guest.tk.sampleTick(guest.counter);
    expect([guest.tk.tkrMono.cycleLast, guest.tk.xtimeSec, guest.monotonic()]).toEqual(before);
    guest.tk.publishTick();
  });

  test('another CPU may see MONOTONIC fall by the window times the drop of the rate', () => {
    const guest = new Booted(COUNTERS.tsc25);
    guest.tk.adjtimex({ modes: ADJ_OFFSET_SINGLESHOT, offset: 600n }, guest.counter);
    // 500 µs in the second that starts at 1 s, 100 µs in the next: the rate drops by 400 ppm at 2
    // s.
    while (guest.tk.xtimeSec < 1_700_000_001n || guest.realtime() % SEC < 995n * MS) {
      guest.count(guest.tk.cycleInterval);
      guest.tk.tick(guest.counter);
    }
    guest.elapse(5n * MS);
    const { mult, shift } = guest.tk.tkrMono;
    guest.tk.sampleTick(guest.counter);
    guest.elapse(100n * MS);
    const before = guest.monotonic();
    guest.tk.publishTick();
    const regress = before - guest.monotonic();
    expect(Number(regress) / 1e3).toBeCloseTo(40, 0);
    const window = guest.cycles(100n * MS);
    const bound = ((window * (mult - guest.tk.tkrMono.mult)) >> shift) + 1n;
    expect(regress <= bound).toBe(true);
  });

  test('no other writer may enter', () => {
    const guest = new Booted().elapse(4n * MS);
    guest.tk.sampleTick(guest.counter);
    expect(() => guest.tk.settime(1n, 0n, guest.counter)).toThrow(/bug in tickproof/);
    guest.tk.publishTick();
    expect(guest.tk.settime(1_800_000_000n, 0n, guest.counter)).toBe(0);
  });
});

describe('the coarse clocks', () => {
  test.each([
    ['500 ppm', { modes: 0x2, freq: 500n * PPM }, 2],
    ['10 percent', { modes: 0x4000, tick: 11_000n }, 400],
  ])('fall by up to %s of a tick where an adjustment comes between two', (_, timex, us) => {
    const guest = new Booted().tickThrough(100n * MS).count(3_999_999n);
    const before = guest.tk.monotonicCoarse();
    guest.tk.adjtimex(timex, guest.counter);
    expect(Number(before - guest.tk.monotonicCoarse()) / 1e3).toBeCloseTo(us, 0);
  });
});

test('a multiplier that would no longer fit 32 bits stays as it is', () => {
  const guest = new Booted(COUNTERS.hpet);
  const { shadow } = guest.tk;
  shadow.tkrMono.mult = 0xffff_ffffn;
  shadow.ntpError = 1n << 60n;
  guest.count(guest.tk.cycleInterval);
  guest.tk.tick(guest.counter);
  expect(guest.tk.ntpErrMult).toBe(1n);
  expect(guest.tk.tkrMono.mult).toBe(0xffff_ffffn);
});
