import { describe, expect, test } from 'vitest';
import { ADJ_FREQUENCY, SCALED_PPM } from '../../src/contract/timex.js';
import { crossTimestampIsOneInstant as law } from '../../src/properties/cross-timestamp-is-one-instant.js';
import { Story } from './events.js';
import { ACPI_PM, type Setup, summary, verdictOf } from './premises.js';

const MS = 1_000_000n;
const EINVAL = -22;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));

/** A sample of kvm-clock at 1 ms, where REALTIME is at `REAL`, and an update at 2 ms. */
const REAL = 7_000_000_000n;
const sampled = (): Story =>
  new Story()
    .boot(2)
    .at(MS)
    .snapshot(0, { counter: MS, rawNs: MS, monotonicNs: MS, realtimeNs: REAL + MS })
    .at(2n * MS)
    .tick(0, 2n * MS)
    .core(0, { cycleLast: 2n * MS });
/** Asked at 3 ms for the counter value `device`. */
const cross = (
  story: Story,
  device: bigint,
  raw: bigint,
  real: bigint,
  history: bigint | null = null,
) =>
  story
    .at(3n * MS)
    .cross(1, { counter: 3n * MS, device, rawNs: raw, realtimeNs: REAL + real, history });

describe('cross-timestamp-is-one-instant', () => {
  test('both clocks are what they were at the captured counter value', () => {
    const at = 2n * MS + 500n;
    expect(judge(cross(sampled(), at, at, at))).toBe('holds 1');
    expect(judge(cross(sampled(), 2n * MS, 2n * MS, 2n * MS))).toBe('holds 1');
    expect(judge(cross(sampled(), 3n * MS, 3n * MS, 3n * MS))).toBe('holds 1');
  });

  test('RAW more than 3 ns off its line is a violation', () => {
    const at = 2n * MS + 500n;
    expect(judge(cross(sampled(), at, at + 3n, at))).toBe('holds 1');
    expect(judge(cross(sampled(), at, at + 4n, at))).toMatch(/^violated: 2000504 ns: 4 ns off/);
    expect(judge(cross(sampled(), at, at - 4n, at))).toMatch('violated');
  });

  test('REALTIME may be off by what the rates leave open', () => {
    // Two units of mult, 0.24 ppm, over 1.0005 ms from the sample and 0.9995 ms to now: below 1 ns
    // more than the 4 of rounding, counted from the lowest rate, which is below 1 ns less.
    const at = 2n * MS + 500n;
    expect(judge(cross(sampled(), at, at, at + 4n))).toBe('holds 1');
    expect(judge(cross(sampled(), at, at, at + 6n))).toMatch('violated');
    expect(judge(cross(sampled(), at, at, at - 7n))).toMatch('violated');
  });

  test('a change of rate opens more: it is taken back to the last tick', () => {
    const freq = 500n * SCALED_PPM;
    const faster = () => sampled().adjust(0, { timex: { modes: ADJ_FREQUENCY, freq }, freq });
    const at = 2n * MS + 500n;
    // 500 ppm over 1.0005 ms and 0.9995 ms: 1000 ns.
    expect(judge(cross(faster(), at, at, at + 1_000n))).toBe('holds 1');
    expect(judge(cross(faster(), at, at, at + 1_010n))).toMatch('violated');
  });

  test('what lies before the last update needs a history that is as old', () => {
    const at = MS + 500n;
    expect(judge(cross(sampled(), at, at, at, MS))).toBe('holds 1');
    expect(judge(cross(sampled(), at, at, at))).toMatch('violated');
    expect(judge(cross(sampled(), MS - 1n, MS - 1n, MS - 1n, MS))).toMatch('violated');
  });

  test('what lies after now is a violation', () => {
    const at = 3n * MS + 1n;
    expect(judge(cross(sampled(), at, at, at))).toMatch('violated');
  });

  test('a refusal is right outside, and wrong between the last update and now', () => {
    const refused = (device: bigint) =>
      judge(
        sampled()
          .at(3n * MS)
          .cross(1, { counter: 3n * MS, device, ret: EINVAL }),
      );
    expect(refused(MS)).toBe('holds 1');
    expect(refused(2n * MS)).toMatch(/^violated: refused with -22/);
    expect(refused(3n * MS)).toMatch('violated');
  });

  test('after a step REALTIME is not compared', () => {
    const at = 2n * MS + 500n;
    expect(judge(cross(sampled().set(0, 9n * MS), at, at, 0n))).toBe('holds 1');
    expect(judge(cross(sampled().leap(0, 9n * MS), at, at, 0n))).toBe('holds 1');
  });

  test('a history after the last update is a known limit', () => {
    const young = (setup: Setup) => judge(cross(sampled(), MS, MS, MS, 2n * MS + 9n), setup);
    expect(young({ vcpus: 2 })).toBe('vacuous');
    expect(young({ vcpus: 2, strict: ['young-history'] })).toMatch('violated');
  });

  test('a counter behind the last update, or one that came round, shows nothing', () => {
    const behind = sampled()
      .at(3n * MS)
      .cross(1, { counter: MS, device: MS });
    expect(judge(behind)).toBe('vacuous');
    const arm = {
      name: 'arm_sys_counter',
      freq: 1_000_000_000n,
      scale: 1n,
      widthBits: 56,
      nonstop: false,
    };
    const round = sampled()
      .at(3n * MS)
      .core(0, { cycleLast: 2n ** 56n + 5n });
    expect(judge(cross(round, 3n * MS, 0n, 0n), { vcpus: 2, clocksource: arm })).toBe('vacuous');
    expect(judge(cross(sampled(), 3n * MS, 0n, 0n), { vcpus: 2, clocksource: ACPI_PM })).toBe(
      'vacuous',
    );
  });

  test('a stall in which a multiplier beyond maxadj may overflow shows nothing (over-adjust)', () => {
    // kvm-clock: the multiplier is 22 % above nominal, max_cycles are 1981 s.
    const steep = sampled()
      .at(3n * MS)
      .tick(0, 3n * MS, 10_234_101n)
      .core(0, { cycleLast: 3n * MS });
    const late = 1_950n * 1_000_000_000n;
    const asked = (setup: Setup) =>
      judge(steep.at(late).cross(1, { counter: late, device: late, rawNs: late }), setup);
    expect(asked({ vcpus: 2 })).toBe('vacuous');
    expect(asked({ vcpus: 2, strict: ['over-adjust'] })).toMatch('violated');
  });

  test('without a publication or a sample there is nothing to compare with', () => {
    expect(
      judge(
        new Story()
          .boot(2)
          .at(3n * MS)
          .cross(1, { counter: 3n * MS }),
      ),
    ).toBe('vacuous');
    const stopped = sampled().stop(0, 1).start(0, 1);
    expect(judge(cross(stopped, 2n * MS, 0n, 0n))).toBe('vacuous');
  });
});
