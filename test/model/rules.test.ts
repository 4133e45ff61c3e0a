import { describe, expect, test } from 'vitest';
import { u64 } from '../../src/math/u64.js';
import { registerClocksource } from '../../src/model/clocksource.js';
import { KERNEL_RULES, type Rules } from '../../src/model/rules.js';
import { TkReadBase } from '../../src/model/tk-read-base.js';
import { Booted, COUNTERS, MS, SEC } from './booted.js';

const withRule = (rule: Partial<Rules>) => ({ ...KERNEL_RULES, ...rule });

test('a delta of max_cycles is the last that 64 bits have to do for', () => {
  const tkr = new TkReadBase(registerClocksource(COUNTERS.kvm1g));
  // Over-adjusted by 20 percent: the product with max_cycles no longer fits.
  tkr.mult = 10_066_330n;
  const last = 1_981_102_219_259n;
  expect(KERNEL_RULES.scaleDelta(last, tkr)).toBe((last * tkr.mult - 2n ** 64n) >> 23n);
  expect(KERNEL_RULES.scaleDelta(last + 1n, tkr)).toBe(((last + 1n) * tkr.mult) >> 23n);
});

describe('one replaced rule is one bug', () => {
  test('a product cut to 64 bits takes a reader back after a long gap', () => {
    const scaleDelta: Rules['scaleDelta'] = (delta, { mult, xtimeNsec, shift }) =>
      u64(delta * mult + xtimeNsec) >> shift;
    const gap = 2200n * SEC;
    const sound = new Booted().elapse(gap);
    const broken = new Booted(undefined, { rules: withRule({ scaleDelta }) }).elapse(gap);
    expect(sound.monotonic()).toBe(gap);
    // 2^64 >> 23 ns are gone.
    expect(sound.monotonic() - broken.monotonic()).toBe(2n ** 41n);
  });

  test('without the clamp a counter five cycles behind jumps centuries ahead', () => {
    const rules = withRule({ isBehind: () => false });
    const sound = new Booted(COUNTERS.tsc25).count(-5n);
    const broken = new Booted(COUNTERS.tsc25, { rules }).count(-5n);
    expect(sound.monotonic()).toBe(0n);
    expect(broken.monotonic()).toBeGreaterThan(200n * 365n * 86_400n * SEC);
  });

  test('whole nanoseconds alone let RAW fall back at a tick', () => {
    const rules = withRule({
      accumulateRaw: (xtimeNsec, interval, shift) => ((xtimeNsec + interval) >> shift) << shift,
    });
    const stepsOfRaw = (guest: Booted) => {
      const steps = new Set<bigint>();
      for (let tick = 0; tick < 100; tick++) {
        guest.count(guest.tk.cycleInterval + 7_919n);
        const before = guest.raw();
        guest.tk.tick(guest.counter);
        steps.add(guest.raw() - before);
      }
      return [...steps].sort();
    };
    expect(stepsOfRaw(new Booted(COUNTERS.tsc29999))).toEqual([0n]);
    expect(stepsOfRaw(new Booted(COUNTERS.tsc29999, { rules }))).toEqual([-1n, 0n]);
  });

  test('a suspend that does not look at the counter forgets what passed since the tick', () => {
    const lostBySuspend = (rules: Rules) => {
      const guest = new Booted(undefined, { rules }).elapse(3n * MS);
      const before = guest.monotonic();
      guest.tk.suspend(guest.counter, { sec: 0n, nsec: 0n });
      guest.tk.resume(guest.counter, { sec: 0n, nsec: 0n });
      return before - guest.monotonic();
    };
    expect(lostBySuspend(KERNEL_RULES)).toBe(0n);
    expect(lostBySuspend(withRule({ forwardBeforeSuspend: false }))).toBe(3n * MS);
  });

  test('a MONOTONIC that counts sleep moves with BOOTTIME', () => {
    const sleep = { sec: 100n, nsec: 0n };
    const clocksAfter = (rules: Rules) => {
      const guest = new Booted(undefined, { rules });
      guest.tk.injectSleeptime64(sleep, guest.counter);
      return [guest.monotonic(), guest.tk.boottime(guest.counter), guest.realtime()];
    };
    const real = 1_700_000_100n * SEC;
    expect(clocksAfter(KERNEL_RULES)).toEqual([0n, 100n * SEC, real]);
    const unified = withRule({ sleepCountedByMonotonic: (counted) => counted });
    expect(clocksAfter(unified)).toEqual([100n * SEC, 100n * SEC, real]);
  });

  test('the sound reader loads the sequence before it samples the counter', () => {
    expect(KERNEL_RULES.readerSamplesCounterFirst).toBe(false);
  });
});
