import { describe, expect, test } from 'vitest';
import { FOREVER } from '../../src/contract/units.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { Story } from './events.js';
import { ACPI_PM, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicKeepsMoving, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** MONOTONIC 0 at 0, and `ns` a second later. */
const second = (ns: bigint): Story => booted().monotonic(0, 0n).at(SEC).monotonic(0, ns);

describe('monotonic-keeps-moving', () => {
  test('a second of full time moves the clock by a second, less 1 LSB of mult and q', () => {
    // kvm-clock: 119.2093 ns per second and LSB (table of §1), q = 2 ns: 999999878.79.
    expect(judge(second(999_999_879n))).toBe('holds 1');
    expect(judge(second(999_999_878n))).toBe('violated: 999999878 ns on vCPU 0: 1 ns short');
  });

  test('RAW has no LSB to dither', () => {
    const raw = (ns: bigint) => judge(booted().raw(0, 0n).at(SEC).raw(1, ns));
    expect(raw(999_999_998n)).toBe('holds 1');
    expect(raw(999_999_997n)).toMatch('1 ns short');
  });

  test('a frozen clock is caught once more than q is owed', () => {
    const frozen = (ns: bigint) => judge(booted().raw(0, 5n).at(ns).raw(0, 5n));
    expect(frozen(2n)).toBe('vacuous');
    expect(frozen(3n)).toMatch('1 ns short');
  });

  test('a clock that creeps is caught over all windows, not step by step', () => {
    const story = booted().raw(0, 0n);
    for (let at = 1n; at <= 10n; at++) story.at(at * 100n).raw(0, at * 99n);
    expect(judge(story)).toBe('violated: 297 ns on vCPU 0: 1 ns short');
  });

  test('other clocks are not bound, and one read tests nothing', () => {
    expect(judge(booted().boottime(0, 0n).at(SEC).boottime(0, 0n))).toBe('vacuous');
    expect(judge(booted().raw(0, 0n))).toBe('vacuous');
    const nmi = booted().raw(0, 0n).at(SEC).read(0, 'CLOCK_MONOTONIC', 0n, null, 'nmi');
    expect(judge(nmi)).toBe('vacuous');
  });

  test('says the bound, and shows both reads', () => {
    const story = second(5n);
    expect(verdictOf(monotonicKeepsMoving, { vcpus: 2 }, story.events)).toMatchObject({
      violation: {
        expected:
          'CLOCK_MONOTONIC at or past 999999879 ns: 0 ns were read on vCPU 0, and all vCPUs ran for ' +
          '999999879 ns since, at the lowest rate in force',
        evidence: story.events.slice(-2),
      },
    });
  });

  test('a counter that is tied to nothing promises nothing', () => {
    expect(judge(second(0n), { declared: { counterPpb: null } })).toBe('vacuous');
  });

  test('the declared error of the counter is not owed', () => {
    // 1000 ppb of a second are 1000 ns.
    const off: Setup = { declared: { counterPpb: 1_000n } };
    const raw = (ns: bigint) => judge(booted().raw(0, 0n).at(SEC).raw(0, ns), off);
    expect(raw(999_998_998n)).toBe('holds 1');
    expect(raw(999_998_997n)).toMatch('1 ns short');
  });
});

describe('monotonic-keeps-moving, windows', () => {
  test('time in which a vCPU is stopped is not owed', () => {
    const stopped = (ns: bigint) => {
      const story = booted().raw(0, 0n).at(100n).stop(1).at(SEC).start(1);
      return judge(story.at(SEC + 100n).raw(0, ns));
    };
    // 200 ns of full time, q = 2 and s = 1.
    expect(stopped(197n)).toBe('holds 1');
    expect(stopped(196n)).toMatch('1 ns short');
  });

  test('a suspend is not owed', () => {
    const story = (ns: bigint) =>
      booted()
        .raw(0, 0n)
        .at(100n)
        .suspend()
        .at(SEC)
        .resume()
        .at(SEC + 100n)
        .raw(0, ns);
    expect(judge(story(197n))).toBe('holds 1');
    expect(judge(story(196n))).toMatch('1 ns short');
  });

  test('a slow counter that is held loses up to a cycle', () => {
    // ACPI PM: q is 1 ns and a cycle of 279.4 ns, s a cycle of 280 whole ns.
    const story = (ns: bigint) =>
      judge(
        booted().raw(0, 0n).at(10_000n).stop(0, 1).at(20_000n).start(0, 1).at(30_000n).raw(0, ns),
        { clocksource: ACPI_PM },
      );
    expect(story(19_440n)).toBe('holds 1');
    expect(story(19_439n)).toMatch('1 ns short');
  });

  test('over a restore nothing is owed from the snapshot to the first start', () => {
    const restored = (ns: bigint) => {
      const story = booted()
        .raw(0, 0n)
        .at(100n)
        .save(0)
        .at(SEC)
        .restore(0, 1)
        .at(2n * SEC);
      return judge(
        story
          .start(0, 1)
          .at(2n * SEC + 100n)
          .raw(0, ns),
      );
    };
    expect(restored(197n)).toBe('holds 1');
    expect(restored(196n)).toMatch('1 ns short');
  });

  test('a read that may not have ended before the snapshot begins no window', () => {
    const story = booted().at(90n, 110n).raw(0, 0n).at(100n).save(0).restore(0, 1).start(0, 1);
    expect(judge(story.at(SEC).raw(0, 0n))).toBe('vacuous');
  });

  test('of recorded intervals the time that surely passed is owed', () => {
    // From 20 to SEC: q = 2.
    const story = (ns: bigint) =>
      judge(
        booted()
          .at(10n, 20n)
          .raw(0, 0n)
          .at(SEC, SEC + 50n)
          .raw(0, ns),
      );
    expect(story(999_999_978n)).toBe('holds 1');
    expect(story(999_999_977n)).toMatch('1 ns short');
  });

  test('unknown instants owe nothing', () => {
    expect(judge(booted().at(0n, FOREVER).raw(0, 0n).raw(0, 0n))).toBe('vacuous');
    const unknown = new Story().at(0n, FOREVER).boot(2).raw(0, 0n).at(SEC).raw(0, 0n);
    expect(judge(unknown)).toBe('vacuous');
  });

  test('a read that straddles a stop is not judged', () => {
    const story = booted().raw(0, 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
    expect(judge(story.at(50n, SEC).raw(0, 0n))).toBe('vacuous');
  });
});
