import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY, ADJ_SETOFFSET } from '../../src/contract/timex.js';
import { monotonicSkipsStoppedTime } from '../../src/properties/monotonic-skips-stopped-time.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicSkipsStoppedTime, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** RAW 0 at 0; stopped from 100 to a second; `ns` 100 ns later. */
const stopped = (ns: bigint): Story =>
  booted()
    .raw(0, 0n)
    .at(100n)
    .stop(0, 1)
    .at(SEC)
    .start(0, 1)
    .at(SEC + 100n)
    .raw(0, ns);

describe('monotonic-skips-stopped-time, rates', () => {
  const fast = { timex: { modes: ADJ_FREQUENCY }, freq: 500n * 65_536n };
  /** A second awake, a second away. */
  const away = (story: Story): Story =>
    story
      .at(SEC)
      .stop(0, 1)
      .at(2n * SEC)
      .start(0, 1);

  test('MONOTONIC may be fast by an LSB of mult', () => {
    // 119.2 ns a second, q = 2, s = 1.
    const story = (ns: bigint) => judge(away(booted().monotonic(0, 0n)).monotonic(0, ns));
    expect(story(SEC + 122n)).toBe('holds 1');
    expect(story(SEC + 123n)).toMatch('1 ns too much');
  });

  test('a frequency counts from its call, and until a tick after it was replaced', () => {
    // 500 ppm: 500000 ns; two units of freq are less than a ns.
    const story = (ns: bigint) =>
      judge(away(booted().monotonic(0, 0n).adjust(0, fast)).monotonic(0, ns));
    expect(story(SEC + 500_122n)).toBe('holds 1');
    expect(story(SEC + 500_124n)).toMatch('too much');
  });

  test('RAW does not follow', () => {
    const story = away(booted().raw(0, 0n).adjust(0, fast)).raw(0, SEC + 4n);
    expect(judge(story)).toMatch('1 ns too much');
  });

  test('a publication may lift a read of its window to the new line', () => {
    // 500 cycles * 838860 >> 23 = 49, and 1; awake from 5500 to 6000; q, s.
    const STEEP = MULT + 838_860n;
    const story = (ns: bigint) => {
      const window = booted()
        .at(5_000n)
        .sampled(0, 5_000n, MULT)
        .at(5_500n)
        .monotonic(1, 0n, 5_500n);
      window.at(6_000n).published(0, 6_000n, STEEP).stop(0, 1).at(SEC).start(0, 1);
      return window.monotonic(1, ns);
    };
    expect(judge(story(553n))).toBe('holds 1');
    expect(judge(story(554n))).toMatch('1 ns too much');
    expect(judge(story(553n), { strict: ['publication'] })).toMatch('50 ns too much');
  });

  test('a publication after the stop lifts a read from before it', () => {
    const STEEP = MULT + 838_860n;
    const story = (ns: bigint) => {
      const window = booted()
        .at(5_000n)
        .sampled(0, 5_000n, MULT)
        .at(5_500n)
        .monotonic(1, 0n, 5_500n);
      window
        .stop(0, 1)
        .at(SEC)
        .start(0, 1)
        .at(SEC + 500n)
        .published(0, 6_000n, STEEP);
      return judge(window.monotonic(1, ns));
    };
    expect(story(553n)).toBe('holds 1');
    expect(story(554n)).toMatch('1 ns too much');
  });

  test('without tick events any read may be that far off', () => {
    const declared = { publicationNs: 1_000n, ratePpb: { lowest: -100_000_000n, highest: 0n } };
    // A tenth of 1000 ns and 1; 119.2 ns of LSB, q, s.
    const story = (ns: bigint) => away(booted().monotonic(0, 0n)).monotonic(0, ns);
    expect(judge(story(SEC + 223n), { declared })).toBe('holds 1');
    expect(judge(story(SEC + 224n), { declared })).toMatch('1 ns too much');
    const strict: Setup = { declared, strict: ['publication'] };
    expect(judge(story(SEC + 223n), strict)).toMatch('101 ns too much');
  });
});

describe('monotonic-skips-stopped-time, skew', () => {
  const skewed: Setup = { declared: { skewNs: 300n } };

  test('every pair may be off by the skew, and the handlers of a stop may gain it on each vCPU', () => {
    // 200, q = 2, s = 1, skew 300, 2 vCPUs that may each move the clock on by 300.
    expect(judge(stopped(1_103n), skewed)).toBe('holds 1');
    expect(judge(stopped(1_104n), skewed)).toMatch('1 ns too much');
    const strict: Setup = { ...skewed, strict: ['negative-motion'] };
    expect(judge(stopped(503n), strict)).toBe('holds 1');
    expect(judge(stopped(504n), strict)).toMatch('1 ns too much');
  });

  test('each writer on a vCPU behind may gain the skew', () => {
    const story = (write: (story: Story) => Story, ns: bigint) => {
      const before = write(booted().raw(0, 0n)).at(100n).stop(0, 1).at(SEC).start(0, 1);
      return judge(before.raw(0, ns), skewed);
    };
    const step = { timex: { modes: ADJ_SETOFFSET } };
    for (const write of [
      (before: Story) => before.set(0, 5n),
      (before: Story) => before.adjust(0, step),
    ]) {
      expect(story(write, 1_303n)).toBe('holds 1');
      expect(story(write, 1_304n)).toMatch('1 ns too much');
    }
    const frequency = (before: Story) => before.adjust(0, { timex: { modes: ADJ_FREQUENCY } });
    expect(story(frequency, 1_004n)).toMatch('1 ns too much');
  });
});

describe('monotonic-skips-stopped-time, memory', () => {
  test('of many stops that are too short the reads before are merged, until a longer one', () => {
    // 1 ns each, and s = 1: none puts the law to the test. The counter stops for each.
    const many = (): Story => {
      const story = booted().raw(0, 0n);
      for (let stop = 1n; stop <= 6n; stop++) {
        const at = stop * 101n;
        story
          .at(at - 1n)
          .raw(0, stop * 100n)
          .stop(0, 1)
          .at(at)
          .start(0, 1);
      }
      return story;
    };
    expect(judge(many().at(706n).raw(0, 700n))).toBe('vacuous');
    // 600 awake, q, and s for 7 stops.
    const longer = (ns: bigint) => judge(many().stop(0, 1).at(SEC).start(0, 1).raw(0, ns));
    expect(longer(603n)).toBe('holds 1');
    expect(longer(610n)).toMatch('too much');
  });

  test('too long a gap of a narrow counter ends what is known', () => {
    const story = (): Story =>
      booted()
        .raw(0, 0n)
        .at(100n)
        .stop(0, 1)
        .at(6n * SEC)
        .start(0, 1)
        .raw(0, 6n * SEC);
    expect(judge(story(), { clocksource: ACPI_PM })).toBe('vacuous');
  });
});
