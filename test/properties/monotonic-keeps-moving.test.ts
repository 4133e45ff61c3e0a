import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY, ADJ_TICK } from '../../src/contract/timex.js';
import { FOREVER } from '../../src/contract/units.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { ACPI_PM, MULT, type Setup, Story, summary, verdictOf } from './events.js';

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

describe('monotonic-keeps-moving, rates', () => {
  const slow = { timex: { modes: ADJ_FREQUENCY }, freq: -500n * 65_536n };

  test('a lower frequency counts from its call', () => {
    // 500 ppm of the second second: 500000 ns; 119.2 ns of LSB a second, q = 2; and 2 units of
    // freq, 2^-16 ppm each, are lost in a ns.
    const story = (ns: bigint) => {
      const adjusted = booted()
        .monotonic(0, 0n)
        .at(SEC)
        .adjust(0, slow)
        .at(2n * SEC);
      return judge(adjusted.monotonic(0, ns));
    };
    expect(story(1_999_499_760n)).toBe('holds 1');
    expect(story(1_999_499_758n)).toMatch('short');
  });

  test('a higher one counts once a tick after the call was published', () => {
    const fast = { timex: { modes: ADJ_TICK }, tick: 11_000n };
    const story = (ns: bigint) => {
      const adjusted = booted().monotonic(0, 0n).adjust(0, fast).at(SEC).tick(0, SEC, MULT, MULT);
      return judge(adjusted.at(2n * SEC).monotonic(0, ns));
    };
    // 1 s at the old rate, 1 s at 1.1, 2 LSB of about 119 ns, q = 2; freq's rounding again.
    expect(story(2_099_999_760n)).toBe('holds 1');
    expect(story(2_099_999_700n)).toMatch('short');
  });

  test('a declared range is the range', () => {
    const declared = { ratePpb: { lowest: -1_000n, highest: 0n } };
    const story = (ns: bigint) => judge(second(ns), { declared });
    // 1000 ns, 119.2 and 2.
    expect(story(999_998_879n)).toBe('holds 1');
    expect(story(999_998_878n)).toMatch('1 ns short');
  });

  test('clock_settime(2) may drop a fraction of MONOTONIC, not of RAW', () => {
    const raw = (ns: bigint) => judge(booted().raw(0, 0n).set(0, 5n).at(100n).raw(0, ns));
    expect(raw(97n)).toMatch('1 ns short');
    const mono = (ns: bigint) =>
      judge(booted().monotonic(0, 0n).set(0, 5n).at(100n).monotonic(0, ns));
    expect(mono(97n)).toBe('holds 1');
    expect(mono(96n)).toMatch('1 ns short');
  });
});

describe('monotonic-keeps-moving, allowances', () => {
  const STEEP = MULT + 838_860n;
  const window = (): Story =>
    booted().at(5_000n).sampled(0, 5_000n, STEEP).at(5_500n).monotonic(1, 9_000n, 5_500n);

  test('a read in the window of a publication is above the new line', () => {
    // 500 * 838860 >> 23 = 49, and 1; from 5500 to 9500: 4000 and q = 2.
    const story = (ns: bigint) =>
      window().at(6_000n).published(0, 6_000n, MULT).at(9_500n).monotonic(1, ns);
    expect(judge(story(12_948n))).toBe('holds 1');
    expect(judge(story(12_947n))).toMatch('1 ns short');
    expect(judge(story(12_948n), { strict: ['publication'] })).toMatch('50 ns short');
  });

  test('a publication before any read allows nothing', () => {
    const story = booted().at(5_000n).sampled(0, 5_000n, STEEP).at(6_000n);
    story.published(0, 6_000n, MULT).monotonic(1, 0n, 6_000n).at(7_000n);
    expect(judge(story.monotonic(1, 997n, 7_000n))).toMatch('1 ns short');
  });

  test('without tick events every read may be that far above', () => {
    const declared = { publicationNs: 1_000n, ratePpb: { lowest: -100_000_000n, highest: 0n } };
    // 0.9 s, less 119.2 ns (LSB), 12.5 (the tenth, exact to half a cycle of the 4 * 10^6 of a tick),
    // q = 2, and for the publication a tenth of 1000 ns and 1: 899999765.29.
    const story = (ns: bigint) => judge(second(ns), { declared });
    expect(story(899_999_766n)).toBe('holds 1');
    expect(story(899_999_765n)).toMatch('1 ns short');
    const strict = judge(second(899_999_766n), { declared, strict: ['publication'] });
    expect(strict).toMatch('101 ns short');
  });

  test('with skew a vCPU behind may show another’s time for as long', () => {
    const skewed: Setup = { declared: { skewNs: 300n } };
    const raw = (ns: bigint) => judge(booted().raw(0, 0n).at(SEC).raw(0, ns), skewed);
    expect(raw(999_999_698n)).toBe('holds 1');
    expect(raw(999_999_697n)).toMatch('1 ns short');
    // MONOTONIC: a ns for each of two lines, and what 2 LSB of 300 ns round to.
    expect(judge(second(999_999_577n), skewed)).toBe('holds 1');
    expect(judge(second(999_999_576n), skewed)).toMatch('short');
  });

  test('a resume by another vCPU loses the skew once more', () => {
    const skewed: Setup = { declared: { skewNs: 300n } };
    const story = (ns: bigint) =>
      judge(booted().raw(0, 0n).suspend(0).resume(1).at(SEC).raw(0, ns), skewed);
    expect(story(999_999_397n)).toBe('holds 1');
    expect(story(999_999_396n)).toMatch('1 ns short');
  });

  test('a gap too long for a narrow counter ends the window', () => {
    const narrow: Setup = { clocksource: ACPI_PM };
    const story = (): Story =>
      booted()
        .raw(0, 0n)
        .at(5n * SEC)
        .raw(0, 0n);
    expect(judge(story(), narrow)).toBe('vacuous');
    expect(judge(story(), { ...narrow, strict: ['narrow-counter'] })).toMatch('short');
  });
});
