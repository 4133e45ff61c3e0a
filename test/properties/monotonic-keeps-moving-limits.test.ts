import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY, ADJ_TICK } from '../../src/contract/timex.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicKeepsMoving, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** MONOTONIC 0 at 0, and `ns` a second later. */
const second = (ns: bigint): Story => booted().monotonic(0, 0n).at(SEC).monotonic(0, ns);

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
