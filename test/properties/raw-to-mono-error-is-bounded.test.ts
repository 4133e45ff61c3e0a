import { describe, expect, test } from 'vitest';
import { rawToMonoErrorIsBounded } from '../../src/properties/raw-to-mono-error-is-bounded.js';
import { Story } from './events.js';
import { ACPI_PM, MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const MS = 1_000_000n;
/** A tenth steeper. */
const STEEP = MULT + 838_860n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(rawToMonoErrorIsBounded, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
const shot = (story: Story, counter: bigint, monotonicNs: bigint, mult = MULT): Story =>
  story.snapshot(0, { counter, rawNs: counter, monotonicNs, mult });

describe('raw-to-mono-error-is-bounded', () => {
  test('with one multiplier the conversion is right to 2 ns', () => {
    const story = (ns: bigint) => judge(shot(shot(booted(), 0n, 0n), MS, ns));
    expect(story(MS + 2n)).toBe('holds 1');
    expect(story(MS + 3n)).toBe('violated: 1000003 ns on vCPU 0: 3 ns off');
    expect(story(MS - 2n)).toBe('holds 1');
    expect(story(MS - 3n)).toMatch('3 ns off');
  });

  test('it converts with the multiplier that was in force', () => {
    // 10^6 * STEEP / MULT = 1099999.9….
    const story = (ns: bigint) => judge(shot(shot(booted(), 0n, 0n, STEEP), MS, ns, STEEP));
    expect(story(1_100_001n)).toBe('holds 1');
    expect(story(1_100_003n)).toMatch('off');
  });

  test('a change of the multiplier counts from the sample, for the length since', () => {
    // 400000 cycles * 838860 >> 23 = 40000.04 ns (B3), 2 segments and 1.
    const story = (ns: bigint) => {
      const changed = shot(booted(), 0n, 0n).tick(0, 600_000n, STEEP, MULT);
      return judge(shot(changed, MS, ns, STEEP));
    };
    expect(story(MS + 39_999n)).toBe('holds 1');
    expect(story(MS + 40_002n)).toBe('holds 1');
    expect(story(MS + 40_004n)).toMatch('40004 ns off');
    expect(story(MS - 40_004n)).toMatch('40004 ns off');
  });

  test('a length that began before the snapshot counts from there', () => {
    // Sampled at 0, published at 1000; a snapshot at 500 still has the old slope.
    const story = (ns: bigint) => {
      const window = booted().sampled(0, 0n, MULT);
      shot(window, 500n, 500n).published(0, 1_000n, STEEP);
      return judge(shot(window, 1_000n, ns, STEEP));
    };
    // 1000 * 838860 >> 23 = 99.9 ns, and 3.
    expect(story(1_102n)).toBe('holds 1');
    expect(story(1_104n)).toMatch('104 ns off');
  });

  test('a tick whose sample was not seen changes the slope where it was published', () => {
    const story = (ns: bigint) => {
      const changed = shot(booted(), 0n, 0n).published(0, 900_000n, STEEP);
      return judge(shot(changed, MS, ns, STEEP));
    };
    // 100000 cycles: 9999.99 ns, and 3.
    expect(story(MS + 10_002n)).toBe('holds 1');
    expect(story(MS + 10_004n)).toMatch('off');
  });

  test('every segment adds its length times its difference, and 1 ns', () => {
    const story = (ns: bigint) => {
      const changed = shot(booted(), 0n, 0n).tick(0, 100_000n, STEEP, MULT);
      changed.tick(0, 200_000n, MULT, STEEP).tick(0, 300_000n);
      return judge(shot(changed, MS, ns));
    };
    // 100000 cycles at STEEP: 9999.99; 3 segments and 1.
    expect(story(MS + 10_003n)).toBe('holds 1');
    expect(story(MS + 10_005n)).toMatch('off');
  });

  test('a length goes on over ticks that change nothing, past the width of the counter', () => {
    // ACPI PM, three ticks of 2^23 cycles: 2343484437 + 234348 beside nominal. 3 * 2^23 * 234348 >> 23
    // is 703044 ns, 2 segments and 1.
    const mult = 2_343_484_437n;
    const steep = mult + 234_348n;
    const half = 2n ** 23n;
    const story = (ns: bigint) => {
      const long = shot(booted(), 0n, 0n, mult).tick(0, 0n, steep, mult);
      for (let tick = 1n; tick <= 3n; tick++) {
        long.at(tick * 2_343_000_000n).tick(0, (tick * half) % 2n ** 24n, steep);
      }
      const rawNs = (3n * half * mult) >> 23n;
      const monotonicNs = rawNs + ns;
      const after = { counter: half, rawNs, monotonicNs, mult: steep };
      return judge(long.snapshot(0, after), { clocksource: ACPI_PM });
    };
    expect(story(703_046n)).toBe('holds 1');
    expect(story(703_049n)).toMatch('703049 ns off');
  });

  test('a slow loss is seen against the first snapshot', () => {
    const story = shot(booted(), 0n, 0n);
    for (let at = 1n; at <= 3n; at++) shot(story, at * MS, at * (MS - 1n));
    expect(judge(story)).toBe('violated: 2999997 ns on vCPU 0: 3 ns off');
  });

  test('clock_settime(2) may drop a fraction of MONOTONIC', () => {
    const story = (ns: bigint) => judge(shot(shot(booted(), 0n, 0n).set(0, 5n), MS, ns));
    expect(story(MS - 3n)).toBe('holds 1');
    expect(story(MS - 4n)).toMatch('4 ns off');
  });

  test('is vacuous with one snapshot, without tick events, and where the multiplier changed unseen', () => {
    expect(judge(shot(booted(), 0n, 0n))).toBe('vacuous');
    const two = (): Story => shot(shot(booted(), 0n, 0n), MS, 9n);
    expect(judge(two(), { declared: { publicationNs: 0n } })).toBe('vacuous');
    expect(judge(shot(shot(booted(), 0n, 0n), MS, 9n, STEEP))).toBe('vacuous');
  });

  test('says the bound, and shows the snapshots and the changes', () => {
    const story = shot(shot(booted(), 0n, 0n).tick(0, 600_000n, STEEP, MULT), MS, 9n * MS, STEEP);
    expect(verdictOf(rawToMonoErrorIsBounded, {}, story.events)).toMatchObject({
      violation: {
        expected:
          'CLOCK_MONOTONIC within 40002 ns of 1000000 ns, as converted on vCPU 0 with multiplier ' +
          '8388608, which changed 1 times since',
        evidence: [
          { kind: 'snapshot-taken' },
          { kind: 'tick-published' },
          { kind: 'snapshot-taken' },
        ],
      },
    });
  });
});

describe('raw-to-mono-error-is-bounded, what ends or widens a conversion', () => {
  test('a stop, a suspend and too long a gap', () => {
    const ends: readonly ((story: Story) => Story)[] = [
      (story) => story.stop(0).start(0),
      (story) => story.suspend().resume(),
      (story) => story.suspend(),
    ];
    for (const end of ends) {
      expect(judge(shot(end(shot(booted(), 0n, 0n)), MS, 9n))).toBe('vacuous');
    }
    const gap = shot(shot(booted(), 0n, 0n).at(6n * SEC), MS, 9n);
    expect(judge(gap, { clocksource: ACPI_PM })).toBe('vacuous');
  });

  test('a restored life goes on with the conversions of its snapshot, once it has started', () => {
    const restored = (ns: bigint) =>
      judge(shot(shot(booted(), 0n, 0n).at(5n).save(0).restore(0, 1), MS, ns));
    expect(restored(MS + 2n)).toBe('holds 1');
    expect(restored(MS + 3n)).toMatch('off');
    const late = shot(booted().at(4n, 6n), 0n, 0n).at(5n).save(0).restore(0, 1);
    expect(judge(shot(late, MS, 9n))).toBe('vacuous');
  });

  test('with skew a reader may be behind the sample, or show cycle_last', () => {
    const skewed: Setup = { declared: { skewNs: 300n } };
    // 100 cycles before the sample, and the 300 of skew: 400 * 838860 >> 23 = 40.0, and 3.
    const story = (ns: bigint) => {
      const changed = shot(booted(), 0n, 0n).tick(1, 1_000n, STEEP, MULT);
      return judge(shot(changed, 900n, ns, STEEP), skewed);
    };
    expect(story(942n)).toBe('holds 1');
    expect(story(944n)).toMatch('44 ns off');
  });

  test('each writer may gain the skew, except under strict', () => {
    const skewed: Setup = { declared: { skewNs: 300n } };
    const story = (ns: bigint): Story => shot(shot(booted(), 0n, 0n).set(0, 5n), MS, ns);
    // 2, a fraction, and 300.
    expect(judge(story(MS + 303n), skewed)).toBe('holds 1');
    expect(judge(story(MS + 304n), skewed)).toMatch('304 ns off');
    expect(judge(story(MS + 4n), { ...skewed, strict: ['negative-motion'] })).toMatch('4 ns off');
  });
});
