import { describe, expect, test } from 'vitest';
import { ADJ_SETOFFSET, ADJ_TAI } from '../../src/contract/timex.js';
import { taiIgnoresLeapSeconds as law } from '../../src/properties/tai-ignores-leap-seconds.js';
import { Story } from './events.js';
import { summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const judge = (story: Story): string => summary(verdictOf(law, {}, story.events));

/** At `at` ns of MONOTONIC, with REALTIME and TAI ahead of it by so much. */
const sample = (story: Story, at: bigint, real: bigint, tai: bigint): Story =>
  story.at(at).snapshot(0, { monotonicNs: at, realtimeNs: at + real, taiNs: at + tai });
const booted = (): Story => sample(new Story().boot(), SEC, 0n, 37n * SEC);
const setTai = (story: Story, constant: bigint): Story =>
  story.adjust(0, { timex: { modes: ADJ_TAI, constant }, ret: 5 });

describe('tai-ignores-leap-seconds', () => {
  test('a leap second moves REALTIME, and TAI stays', () => {
    const leap = booted()
      .at(2n * SEC)
      .leap(0, -SEC);
    expect(judge(sample(leap, 3n * SEC, -SEC, 37n * SEC))).toBe('holds 1');
  });

  test('a TAI that steps with it is a violation', () => {
    const leap = booted()
      .at(2n * SEC)
      .leap(0, -SEC);
    expect(judge(sample(leap, 3n * SEC, -SEC, 36n * SEC))).toMatch(/-1000000000 ns untold/);
  });

  test('in one sample TAI is whole seconds ahead, and as many as were published', () => {
    expect(judge(sample(new Story().boot(), SEC, 0n, 1n))).toMatch(/^violated: 1 ns/);
    const published = (tai: bigint) =>
      sample(new Story().boot().core(0, { taiOffset: 37n }), SEC, 0n, tai);
    expect(judge(published(37n * SEC))).toBe('vacuous');
    expect(judge(published(-37n * SEC))).toMatch('violated');
  });

  test('TAI moves with clock_settime, ADJ_SETOFFSET and ADJ_TAI', () => {
    const set = booted()
      .at(2n * SEC)
      .set(0, 9n);
    expect(judge(sample(set, 3n * SEC, 9n, 37n * SEC + 9n))).toBe('holds 1');
    const step = booted().adjust(0, { timex: { modes: ADJ_SETOFFSET, timeSec: 1n }, ret: 5 });
    expect(judge(sample(step, 3n * SEC, SEC, 38n * SEC))).toBe('holds 1');
    const known = sample(new Story().boot().core(0, { taiOffset: 37n }), SEC, 0n, 37n * SEC);
    expect(judge(sample(setTai(known, 36n), 3n * SEC, 0n, 36n * SEC))).toBe('holds 1');
  });

  test('from what nobody knew no move is told', () => {
    expect(judge(sample(setTai(booted(), 36n), 3n * SEC, 0n, 36n * SEC))).toBe('vacuous');
  });

  test('adjtimex ignores an offset that is out of its range', () => {
    const known = sample(new Story().boot().core(0, { taiOffset: 37n }), SEC, 0n, 37n * SEC);
    expect(judge(sample(setTai(known, -1n), 3n * SEC, 0n, 37n * SEC))).toBe('holds 1');
  });

  describe('time and tai of adjtimex', () => {
    const asked = (sec: bigint, nsec: bigint, tai: bigint, counter = 5n * SEC) =>
      new Story()
        .boot()
        .read(0, 'CLOCK_TAI', 42n * SEC + 700n, 5n * SEC)
        .adjust(0, { timex: { modes: 0 }, at: { counter, sec, nsec, tai } });

    test('make TAI of the same counter value, cut to whole µs', () => {
      expect(judge(asked(5n, 0n, 37n))).toBe('holds 1');
      expect(judge(asked(5n, 700n, 37n))).toBe('holds 1');
      // Around the leap second both are one off.
      expect(judge(asked(4n, 0n, 38n))).toBe('holds 1');
    });

    test('which do not are a violation', () => {
      expect(judge(asked(5n, 0n, 38n))).toMatch('violated');
      expect(judge(asked(5n, 699n, 37n))).toMatch('violated');
    });

    test('are compared in either order, and not across a publication', () => {
      const at = { counter: 5n, sec: 0n, nsec: 5n, tai: 38n };
      const first = () => new Story().boot().adjust(0, { timex: { modes: 0 }, at });
      expect(judge(first().read(0, 'CLOCK_TAI', 37n * SEC, 5n))).toMatch('violated');
      expect(
        judge(
          first()
            .tick(0, 5n)
            .read(0, 'CLOCK_TAI', 37n * SEC, 5n),
        ),
      ).toBe('vacuous');
      expect(
        judge(
          first()
            .set(0, 0n)
            .read(0, 'CLOCK_TAI', 37n * SEC, 5n),
        ),
      ).toBe('vacuous');
    });

    test('of another counter value show nothing', () => {
      expect(judge(asked(5n, 0n, 99n, 1n))).toBe('vacuous');
    });
  });
});
