import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY, SCALED_PPM } from '../../src/contract/timex.js';
import { rateStaysWithinAdjtimex as law } from '../../src/properties/rate-stays-within-adjtimex.js';
import { Story } from './events.js';
import { MULT, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));

const sample = (story: Story, raw: bigint, mono: bigint, vcpu = 0): Story =>
  story.at(raw).snapshot(vcpu, { counter: raw, rawNs: raw, monotonicNs: mono });
const booted = (): Story => sample(new Story().boot(2), 0n, 0n);
const frequency = (story: Story, ppm: bigint): Story => {
  const freq = ppm * SCALED_PPM;
  return story.adjust(1, { timex: { modes: ADJ_FREQUENCY, freq }, freq });
};
/** One unit of kvm-clock's mult over a second, rounded up: 119.2 ns (linux-timekeeping §1). */
const LSB = 120n;

describe('rate-stays-within-adjtimex', () => {
  test('MONOTONIC is RAW but for one unit of mult and two ns', () => {
    expect(judge(sample(booted(), SEC, SEC + LSB + 1n))).toBe('holds 1');
    expect(judge(sample(booted(), SEC, SEC - LSB - 1n))).toBe('holds 1');
    expect(judge(sample(booted(), SEC, SEC + LSB + 2n))).toMatch(/ns too much/);
    expect(judge(sample(booted(), SEC, SEC - LSB - 2n))).toMatch(/ns too little/);
  });

  test('after adjtimex it runs at the rate that was asked for', () => {
    // The kernel rounds freq by up to 2 units of 2^-16 ppm: 0.03 ns in a second.
    const asked = (mono: bigint) => {
      const set = frequency(booted(), 500n).tick(1, 0n, MULT);
      return judge(sample(sample(set, 1n, 1n), SEC, mono));
    };
    expect(asked(SEC + 500_000n)).toBe('holds 2');
    expect(asked(SEC + 500_000n + LSB + 3n)).toMatch(/ns too much/);
  });

  test('what was replaced counts until the next tick has published', () => {
    const slow = (story: Story) => judge(sample(frequency(story, 500n), SEC, SEC));
    expect(slow(booted())).toBe('holds 1');
    const ticked = sample(frequency(booted(), 500n).tick(1, 0n, MULT), 1n, 1n);
    expect(judge(sample(ticked, SEC, SEC))).toMatch(/ns too little/);
  });

  test('a tick has carried the clock to its sample, however late it is published', () => {
    // adjtime(3) is replaced; it goes on up to the next second, which the last tick has not reached.
    const adjtime = (story: Story, offset: bigint) =>
      story.adjust(1, { timex: { modes: 0x8001, offset } });
    const slewing = adjtime(adjtime(booted(), 9_000n), 0n).tick(1, SEC);
    const late = slewing
      .at(SEC + 4n)
      .sampled(1, SEC + 4n, MULT)
      .at(4n * SEC);
    const published = (cycleLast: bigint) =>
      sample(late.published(1, 4n * SEC, MULT, cycleLast), 4n * SEC, 4n * SEC);
    const grown = (story: Story) => judge(sample(story, 5n * SEC, 5n * SEC + 500_000n));
    expect(grown(published(SEC))).toBe('holds 2');
  });

  test('it is judged in every window, so that small steps add up', () => {
    const steps = [1n, 2n, 3n].reduce(
      (story, at) => sample(story, at * SEC, at * (SEC + 100n + LSB / 4n)),
      booted(),
    );
    expect(judge(steps)).toMatch(/ns too much/);
  });

  test('a sample between a tick and its publication may lie off the new line', () => {
    // 1 ms after the sample mult falls by an eighth: 125 µs too high, and 1 ns (B2).
    const window = (mono: bigint, setup: Setup) => {
      const open = booted().at(SEC).sampled(1, SEC, MULT);
      const seen = sample(open, SEC + 1_000_000n, SEC + 1_000_000n);
      const closed = seen.published(1, SEC + 1_000_000n, (MULT * 7n) / 8n);
      return judge(sample(closed, SEC + 1_000_001n, mono), setup);
    };
    expect(window(SEC + 875_001n, { vcpus: 2 })).toBe('holds 2');
    expect(window(SEC + 874_000n, { vcpus: 2 })).toMatch('violated');
    expect(window(SEC + 875_001n, { vcpus: 2, strict: ['publication'] })).toMatch('violated');
  });

  test('a clock_settime drops a fraction of a ns', () => {
    const set = booted().set(1, 0n);
    expect(judge(sample(set, SEC, SEC - LSB - 2n))).toBe('holds 1');
    expect(judge(sample(booted(), SEC, SEC - LSB - 2n))).toMatch('violated');
  });

  test('one sample alone is no test', () => {
    expect(judge(booted())).toBe('vacuous');
  });
});
