import { describe, expect, test } from 'vitest';
import { monotonicNeverDecreases } from '../../src/properties/monotonic-never-decreases.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, type Setup, summary, TSC, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicNeverDecreases, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);

/** B2: 1000 cycles * 838860 >> 23 = 99, and 1 ns for the floors. */
const STEEP = MULT + 838_860n;

describe('monotonic-never-decreases, publication', () => {
  /** vCPU 0 samples 5000 at 5 µs and publishes 1000 cycles later; vCPU 1 reads in between. */
  const window = (counter: bigint | null, ns = 9_000n): Story =>
    booted()
      .at(5_000n)
      .sampled(0, 5_000n, STEEP)
      .at(5_500n)
      .monotonic(1, ns, counter)
      .at(6_000n)
      .published(0, 6_000n, MULT);

  test('a read in the window may be above a later one by the slope lost since the sample', () => {
    const later = (ns: bigint) => judge(window(6_000n).at(6_500n).monotonic(1, ns, 6_500n));
    expect(later(8_900n)).toBe('holds 1');
    expect(later(8_899n)).toMatch('101 ns back');
  });

  test('the allowance counts from the sample to the read’s own counter', () => {
    // 500 * 838860 >> 23 = 49, and 1.
    const later = (ns: bigint) => judge(window(5_500n).at(6_500n).monotonic(1, ns, 6_500n));
    expect(later(8_950n)).toBe('holds 1');
    expect(later(8_949n)).toMatch('51 ns back');
  });

  test('without a counter it counts to the publication', () => {
    const later = (ns: bigint) => judge(window(null).at(6_500n).monotonic(0, ns));
    expect(later(8_900n)).toBe('holds 1');
    expect(later(8_899n)).toMatch('101 ns back');
  });

  test('BOOTTIME has it too, RAW has not', () => {
    const read = (clock: 'CLOCK_BOOTTIME' | 'CLOCK_MONOTONIC_RAW') => {
      const story = booted().at(5_000n).sampled(0, 5_000n, STEEP).at(5_500n);
      story.read(1, clock, 9_000n, 6_000n).at(6_000n).published(0, 6_000n, MULT);
      return judge(story.at(6_500n).read(1, clock, 8_950n, 6_500n));
    };
    expect(read('CLOCK_BOOTTIME')).toBe('holds 1');
    expect(read('CLOCK_MONOTONIC_RAW')).toMatch('50 ns back');
  });

  test('before the publication nothing is allowed', () => {
    const story = booted().at(5_000n).sampled(0, 5_000n, STEEP).monotonic(1, 9_000n, 5_500n);
    expect(judge(story.at(5_600n).monotonic(1, 8_999n, 5_600n))).toMatch('1 ns back');
  });

  test('a read at or before the sample is allowed nothing, nor one on the ticking vCPU', () => {
    const early = window(5_000n).at(6_500n).monotonic(1, 8_999n, 6_500n);
    expect(judge(early)).toMatch('1 ns back');
    const own = booted().at(5_000n).sampled(0, 5_000n, STEEP).monotonic(0, 9_000n, 5_500n);
    own.at(6_000n).published(0, 6_000n, MULT).at(6_500n);
    expect(judge(own.monotonic(0, 8_999n, 6_500n))).toMatch('1 ns back');
  });

  test('an atomic tick is allowed nothing, and neither is a slope that grows', () => {
    const atomic = booted().at(5_000n).monotonic(1, 9_000n, 5_000n).tick(0, 5_000n, MULT, STEEP);
    expect(judge(atomic.at(6_500n).monotonic(1, 8_999n, 6_500n))).toMatch('1 ns back');
    const steeper = booted().at(5_000n).sampled(0, 5_000n, MULT).at(5_500n);
    steeper.monotonic(1, 9_000n, 5_500n).at(6_000n).published(0, 6_000n, STEEP).at(6_500n);
    expect(judge(steeper.monotonic(1, 8_999n, 6_500n))).toMatch('1 ns back');
  });

  test('later publications add nothing', () => {
    const later = (ns: bigint) => {
      const story = window(6_000n);
      for (let tick = 1n; tick <= 5n; tick++) {
        const at = 6_000n + tick * 2_000n;
        story.at(at).sampled(0, at, STEEP);
        story.at(at + 1_000n).published(0, at + 1_000n, MULT);
      }
      return judge(story.at(20_000n).monotonic(1, ns, 20_000n));
    };
    expect(later(8_900n)).toBe('holds 1');
    expect(later(8_899n)).toMatch('101 ns back');
  });

  test('a read that began before the publication and ended after it counts as made in the window', () => {
    const stale = (ns: bigint) => {
      const story = booted().at(5_000n).sampled(0, 5_000n, STEEP).at(6_000n);
      story.published(0, 6_000n, MULT).at(5_500n, 6_200n).monotonic(1, 9_000n, 6_000n);
      return judge(story.at(6_500n).monotonic(1, ns, 6_500n));
    };
    expect(stale(8_900n)).toBe('holds 1');
    expect(stale(8_899n)).toMatch('101 ns back');
  });

  test('strict allows nothing and still shows the tick', () => {
    const story = window(6_000n).at(6_500n).monotonic(1, 8_999n, 6_500n);
    const setup: Setup = { vcpus: 2, strict: ['publication'] };
    const verdict = verdictOf(monotonicNeverDecreases, setup, story.events);
    expect(summary(verdict)).toMatch('1 ns back');
    expect(verdict).toMatchObject({
      violation: {
        evidence: [
          { kind: 'clock-read' },
          { kind: 'tick-sampled' },
          { kind: 'tick-published' },
          { kind: 'clock-read' },
        ],
      },
    });
  });

  test('with skew a vCPU that is ahead is in the window before the sample', () => {
    // 300 cycles ahead: 300 * 838860 >> 23 = 29, and 1.
    const ahead = (ns: bigint) => {
      const story = booted().at(5_000n).monotonic(1, 9_000n, 5_300n).tick(0, 5_000n, MULT, STEEP);
      return judge(story.at(5_001n).monotonic(1, ns, 5_301n), { declared: { skewNs: 300n } });
    };
    expect(ahead(8_970n)).toBe('holds 1');
    expect(ahead(8_969n)).toMatch('31 ns back');
  });
});

describe('monotonic-never-decreases without tick events', () => {
  // 500 ppm to either side and an LSB each: 1 ms * 0.001 = 1000 ns of rate drop, and 1 ns.
  const recorded: Setup = {
    declared: {
      publicationNs: 1_000_000n,
      ratePpb: { lowest: -500_000n, highest: 500_000n },
    },
  };

  test('the declared publication time and range of rates bound a step back', () => {
    const story = (ns: bigint) =>
      judge(booted().monotonic(0, 90_000n).at(5n).monotonic(0, ns), recorded);
    expect(story(88_999n)).toBe('holds 1');
    expect(story(88_998n)).toMatch('1002 ns back');
  });

  test('RAW and strict are exact', () => {
    expect(judge(booted().raw(0, 100n).at(5n).raw(0, 99n), recorded)).toMatch('1 ns back');
    const story = booted().monotonic(0, 100n).at(5n).monotonic(0, 99n);
    expect(judge(story, { ...recorded, strict: ['publication'] })).toMatch('1 ns back');
  });

  test('a subject that publishes at once has no window', () => {
    const atomic: Setup = { declared: { ...recorded.declared, publicationNs: 0n } };
    expect(judge(booted().monotonic(0, 9n).at(5n).monotonic(0, 8n), atomic)).toMatch('1 ns back');
  });

  test('COARSE may step back by the range of rates over a tick', () => {
    // 4 ms * 0.001 = 4000 ns (laws.md, coarse-step), and 1 ns.
    const coarse = (ns: bigint) => {
      const story = booted().read(0, 'CLOCK_MONOTONIC_COARSE', 90_000n).at(5n);
      return judge(story.read(0, 'CLOCK_MONOTONIC_COARSE', ns), recorded);
    };
    expect(coarse(85_999n)).toBe('holds 1');
    expect(coarse(85_998n)).toMatch('4002 ns back');
  });
});

describe('monotonic-never-decreases, COARSE with tick events', () => {
  const coarse = (story: Story, ns: bigint): string =>
    judge(story.at(9_000n).read(1, 'CLOCK_MONOTONIC_COARSE', ns));
  const read = (): Story =>
    booted().tick(0, 4_000n).at(4_500n).read(0, 'CLOCK_MONOTONIC_COARSE', 4_000n);

  test('an update that accumulates nothing may set it back by off * Δmult', () => {
    // §6.4: off = 1000 cycles, 1000 * 838860 >> 23 = 99, and 1.
    const update = () =>
      read().at(5_000n).sampled(0, 5_000n, MULT).published(0, 5_000n, STEEP, 4_000n);
    expect(coarse(update(), 3_900n)).toBe('holds 1');
    expect(coarse(update(), 3_899n)).toMatch('101 ns back');
  });

  test('one that accumulates more sets nothing back, and one that slows down neither', () => {
    const tick = read().at(9_000n).sampled(0, 9_000n, MULT).published(0, 9_000n, STEEP, 8_000n);
    expect(coarse(tick, 3_999n)).toMatch('1 ns back');
    const slower = read().at(5_000n).sampled(0, 5_000n, STEEP).published(0, 5_000n, MULT, 4_000n);
    expect(coarse(slower, 3_999n)).toMatch('1 ns back');
  });

  test('what another writer accumulated is not the tick’s', () => {
    const story = read().at(5_000n).set(0, 0n).at(6_000n);
    story.sampled(0, 6_000n, MULT).published(0, 6_000n, STEEP, 5_000n);
    expect(coarse(story, 3_900n)).toBe('holds 1');
  });
});

describe('monotonic-never-decreases, known limits', () => {
  const narrow: Setup = { clocksource: ACPI_PM };
  const SEC = 1_000_000_000n;

  test('a gap longer than 7/8 of a narrow counter without an update ends what is known', () => {
    // 0.875 * 2^24 / 3579545 Hz = 4.1011 s (§1, max_raw_delta), less a tick of 4 ms.
    const gap = (ns: bigint) =>
      judge(
        booted()
          .at(SEC)
          .tick(0, 0n)
          .monotonic(0, 100n)
          .at(SEC + ns)
          .monotonic(0, 50n),
        narrow,
      );
    expect(gap(4_090_000_000n)).toMatch('50 ns back');
    expect(gap(4_102_000_000n)).toBe('vacuous');
  });

  test('it is the update after the gap that loses a wrap', () => {
    const story = booted()
      .at(SEC)
      .tick(0, 0n)
      .monotonic(0, 100n)
      .at(6n * SEC)
      .tick(0, 0n);
    expect(judge(story.monotonic(0, 50n), narrow)).toBe('vacuous');
  });

  test('strict forgives no gap, and a wide counter has none', () => {
    const story = booted()
      .at(SEC)
      .tick(0, 0n)
      .monotonic(0, 100n)
      .at(60n * SEC)
      .monotonic(0, 50n);
    expect(judge(story, { ...narrow, strict: ['narrow-counter'] })).toMatch('50 ns back');
    expect(judge(story, { clocksource: TSC })).toMatch('50 ns back');
  });

  test('reads of a suspended guest are ignored, except under strict', () => {
    const story = booted().monotonic(0, 100n).suspend().at(5n).monotonic(0, 99n).resume();
    story.at(9n).monotonic(0, 100n);
    expect(judge(story)).toBe('holds 1');
    expect(judge(story, { strict: ['reads-while-suspended'] })).toMatch('1 ns back');
  });
});
