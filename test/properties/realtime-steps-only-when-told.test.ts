import { describe, expect, test } from 'vitest';
import { ADJ_SETOFFSET, ADJ_STATUS } from '../../src/contract/timex.js';
import { realtimeStepsOnlyWhenTold as law } from '../../src/properties/realtime-steps-only-when-told.js';
import { Story } from './events.js';
import { ACPI_PM, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const judge = (story: Story, setup: Setup = { vcpus: 2 }): string =>
  summary(verdictOf(law, setup, story.events));

/** A sample at `at` of which REALTIME is `k` ahead of MONOTONIC, and BOOTTIME `g`. */
const sample = (story: Story, at: bigint, k: bigint, g = 0n): Story =>
  story.at(at).snapshot(0, { monotonicNs: at, boottimeNs: at + g, realtimeNs: at + g + k });
const booted = (): Story => sample(new Story().boot(2), SEC, 0n);

describe('realtime-steps-only-when-told', () => {
  test('REALTIME may move by what clock_settime announced', () => {
    const set = booted()
      .at(2n * SEC)
      .set(1, 5n * SEC);
    expect(judge(sample(set, 3n * SEC, 5n * SEC))).toBe('holds 1');
  });

  test('a step that nobody announced is a violation', () => {
    expect(judge(sample(booted(), 2n * SEC, -SEC))).toMatch(/^violated: .*-1000000000 ns untold/);
  });

  test('each step may be off by the ns that it was cut to, and by no more', () => {
    const sets = () =>
      booted()
        .at(2n * SEC)
        .set(1, 5n)
        .set(1, 5n);
    expect(judge(sample(sets(), 3n * SEC, 8n))).toBe('holds 1');
    expect(judge(sample(sets(), 3n * SEC, 7n))).toMatch('violated');
  });

  test('ADJ_SETOFFSET announces what it asked for, in µs or in ns, and a refused one nothing', () => {
    const modes = ADJ_SETOFFSET;
    const step = (extra: number, ret = 5) =>
      booted()
        .at(2n * SEC)
        .adjust(1, { timex: { modes: modes | extra, timeSec: -1n, timeUsec: 7n }, ret });
    expect(judge(sample(step(0), 3n * SEC, -SEC + 7_000n))).toBe('holds 2');
    expect(judge(sample(step(0x2000), 3n * SEC, -SEC + 7n))).toBe('holds 2');
    expect(judge(sample(step(0, -22), 3n * SEC, 0n))).toBe('holds 1');
  });

  test('a leap second is announced, a sleep needs not: BOOTTIME moves by the same', () => {
    const leap = booted()
      .at(2n * SEC)
      .leap(0, -SEC);
    expect(judge(sample(leap, 3n * SEC, -SEC))).toBe('holds 1');
    expect(judge(sample(booted(), 20n * SEC, 0n, 10n * SEC))).toBe('holds 1');
  });

  test('a sample that may lie inside the step shows nothing', () => {
    const set = booted()
      .at(2n * SEC, 3n * SEC)
      .set(1, 5n * SEC);
    expect(judge(sample(set, 2n * SEC + 1n, 0n))).toBe('vacuous');
  });

  test('after a gap in which a narrow counter loses time nothing is compared', () => {
    const set = booted()
      .at(9n * SEC)
      .set(1, 5n * SEC);
    expect(judge(sample(set, 10n * SEC, 0n), { vcpus: 2, clocksource: ACPI_PM })).toBe('vacuous');
  });

  test('a restored life goes on from the sample before its snapshot', () => {
    const restored = booted()
      .at(2n * SEC)
      .save(0)
      .at(9n * SEC)
      .restore(0, 1);
    expect(judge(sample(restored.start(0, 1), 10n * SEC, 0n))).toBe('holds 1');
    const again = booted()
      .at(2n * SEC)
      .save(0)
      .at(9n * SEC)
      .restore(0, 1);
    expect(judge(sample(again.start(0, 1), 10n * SEC, 1n))).toMatch('violated');
  });

  test('clock_was_set_seq moves in the publication that moves REALTIME', () => {
    const step = (seq: bigint) =>
      new Story().boot(2).core(0).at(1n).core(0, { offsReal: SEC, clockWasSetSeq: seq });
    expect(judge(step(2n))).toBe('holds 1');
    expect(judge(step(1n))).toMatch(/^violated: still 1/);
  });

  test('a clock that was set is not synchronised, unless the same call says so', () => {
    const set = (status: number) => booted().at(2n).set(0, 1n).core(0, { status });
    expect(judge(set(0x40))).toBe('vacuous');
    expect(judge(set(0x01))).toMatch(/^violated: status 0x1/);
    const adjust = (modes: number) =>
      booted()
        .at(2n * SEC)
        .adjust(0, { timex: { modes, timeSec: 0n, timeUsec: 0n }, status: 0 });
    expect(judge(adjust(ADJ_SETOFFSET))).toMatch('violated');
    expect(judge(adjust(ADJ_SETOFFSET | ADJ_STATUS))).toBe('vacuous');
  });

  test('one sample alone is no test', () => {
    expect(judge(booted())).toBe('vacuous');
  });
});
