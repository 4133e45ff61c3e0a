import { describe, expect, test } from 'vitest';
import { ADJ_NANO, ADJ_SETOFFSET, STA_INS } from '../../src/contract/timex.js';
import { boottimeCountsStoppedTime } from '../../src/properties/boottime-counts-stopped-time.js';
import { Story } from './events.js';
import { ACPI_PM, KVM_CLOCK, type Setup, summary, TSC, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(boottimeCountsStoppedTime, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** BOOTTIME `aheadNs` ahead of MONOTONIC. */
const ahead = (story: Story, aheadNs: bigint): Story =>
  story.snapshot(0, { monotonicNs: 50n, boottimeNs: 50n + aheadNs });
describe('boottime-counts-stopped-time, suspend', () => {
  const slept = (story: Story): Story =>
    story
      .at(100n)
      .suspend()
      .at(SEC + 100n)
      .resume();
  const story = (ns: bigint): Story => ahead(slept(ahead(booted(), 0n)), ns);

  test('by a nonstop counter the sleep is told to its granularity', () => {
    const nonstop: Setup = { clocksource: { ...KVM_CLOCK, nonstop: true } };
    // A cycle of 1 ns at each end, q.
    expect(judge(story(SEC + 3n), nonstop)).toBe('holds 1');
    expect(judge(story(SEC + 4n), nonstop)).toMatch('1 ns too much');
  });

  test('a nonstop counter is wrong by what rounding mult makes of its frequency', () => {
    // 2.9999 GHz: mult 5592592 for 5592591.75…; 0.25 of 178.8 ns per LSB and second (§1) is 44.6.
    const tsc = { ...TSC, freq: 2_999_900n, nonstop: true };
    const exact = 2n ** 24n * SEC;
    const mult = 5_592_592n;
    const offNs = (mult * 2_999_900_000n * SEC - exact * SEC) / exact;
    expect(judge(story(SEC + offNs + 4n), { clocksource: tsc })).toBe('holds 1');
    expect(judge(story(SEC + offNs + 5n), { clocksource: tsc })).toMatch('1 ns too much');
  });

  test('by a clock of whole seconds it is told to one', () => {
    const rtc: Setup = { persistentClock: 'seconds', declared: { rtcResolutionNs: SEC } };
    expect(judge(story(0n), rtc)).toBe('holds 1');
    // The grid, a cycle at each end, 120 ns for what the rate may drift in a second, q.
    expect(judge(story(2n * SEC + 123n), rtc)).toBe('holds 1');
    expect(judge(story(2n * SEC + 124n), rtc)).toMatch('1 ns too much');
  });

  test('what REALTIME was set by since the boot may be taken for rounding, up to 2 s', () => {
    // §7: drift compensation. Half a second set, a cycle at each end, the grid of 1 ns, q, and the
    // rate over the second: 119.2 ns.
    const set = (stepNs: bigint, ns: bigint) =>
      judge(ahead(slept(ahead(booted(), 0n).set(0, stepNs)), ns));
    expect(set(SEC / 2n, SEC / 2n - 123n)).toBe('holds 1');
    expect(set(SEC / 2n, SEC / 2n - 125n)).toMatch('too little');
    // A step beyond 2 s is told apart: what counts is no more than 2 s.
    expect(set(9n * SEC, 3n * SEC + 4n)).toBe('holds 1');
    expect(set(9n * SEC, 3n * SEC + 5n)).toMatch('1 ns too much');
  });

  test('a sleep longer than the drift tells it; a shorter one leaves it', () => {
    const twice = (firstNs: bigint, ns: bigint) => {
      const first = ahead(booted(), 0n)
        .set(0, SEC / 2n)
        .suspend()
        .at(firstNs)
        .resume();
      const sample = ahead(first, firstNs)
        .at(2n * SEC)
        .suspend()
        .at(4n * SEC)
        .resume();
      return judge(ahead(sample, ns));
    };
    // Of the second only its own error is left: 2 cycles, the grid, the rate, q.
    expect(twice(SEC, 3n * SEC - 300n)).toBe('holds 2');
    expect(twice(SEC, 3n * SEC - 1_000n)).toMatch('too little');
    expect(twice(100n, 2n * SEC + 100n - SEC / 2n)).toBe('holds 2');
    expect(twice(100n, 2n * SEC + 100n - SEC)).toMatch('too little');
  });

  test('a leap second, an offset and a stop may drift REALTIME as well', () => {
    const drifted = (drift: (story: Story) => Story, ns: bigint) =>
      judge(ahead(slept(drift(ahead(booted(), 0n))), ns));
    const leap = { timex: { modes: 0 }, status: STA_INS };
    expect(drifted((before) => before.adjust(0, leap), 3n * SEC)).toBe('holds 1');
    const nano = { timex: { modes: ADJ_SETOFFSET | ADJ_NANO, timeUsec: SEC / 2n } };
    expect(drifted((before) => before.adjust(0, nano), SEC / 2n)).toBe('holds 1');
    expect(drifted((before) => before.adjust(0, nano), SEC / 4n)).toMatch('too little');
    const micro = { timex: { modes: ADJ_SETOFFSET, timeSec: -1n, timeUsec: 500_000n } };
    expect(drifted((before) => before.adjust(0, micro), SEC / 2n)).toBe('holds 1');
    expect(drifted((before) => before.adjust(0, micro), SEC / 4n)).toMatch('too little');
  });

  test('a nonstop counter that a stop held is no measure', () => {
    const nonstop: Setup = { clocksource: { ...KVM_CLOCK, nonstop: true } };
    const held = (ns: bigint) => {
      const before = ahead(booted(), 0n)
        .at(100n)
        .suspend()
        .stop(0, 1)
        .at(SEC + 100n)
        .start(0, 1);
      return judge(ahead(before.resume().handled(), ns), nonstop);
    };
    expect(held(SEC)).toBe('holds 1');
    expect(held(0n)).toBe('holds 1');
  });

  test('a guest with nothing to measure its sleep by promises nothing', () => {
    expect(judge(story(0n), { persistentClock: 'none' })).toBe('vacuous');
    const nonstop = { ...KVM_CLOCK, nonstop: true };
    expect(judge(story(0n), { persistentClock: 'none', clocksource: nonstop })).toMatch(
      'too little',
    );
  });

  test('samples of a suspended guest are ignored', () => {
    expect(judge(ahead(ahead(booted(), 0n).suspend(), 9n))).toBe('vacuous');
    const nmi = booted().read(0, 'CLOCK_MONOTONIC', 1n, null, 'nmi').boottime(0, 9n);
    expect(judge(nmi.monotonic(0, 1n))).toBe('vacuous');
  });

  test('too long a gap of a narrow counter ends what is known', () => {
    expect(judge(ahead(ahead(booted(), 0n).at(6n * SEC), 9n), { clocksource: ACPI_PM })).toBe(
      'vacuous',
    );
  });
});
