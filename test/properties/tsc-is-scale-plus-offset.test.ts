import { describe, expect, test } from 'vitest';
import { tscIsScalePlusOffset } from '../../src/properties/tsc-is-scale-plus-offset.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: HostStory): string =>
  summary(verdictOf(tscIsScalePlusOffset, { vcpus: 2 }, story.events));
const booted = (): HostStory => new HostStory().boot(2);
/** Seven eighths of the host's rate. */
const SCALED = { hostCounter: 801n, ratio: 7n << 45n, fraction: 48n };

describe('tsc-is-scale-plus-offset', () => {
  test('is scaled first, cut to a whole cycle, and moved by the offset', () => {
    // 801 * 7/8 = 700.875.
    expect(judge(booted().counter(0, 'stop', { ...SCALED, offset: 5n, counter: 705n }))).toBe(
      'holds 1',
    );
    expect(judge(booted().counter(0, 'stop', { ...SCALED, offset: 5n, counter: 706n }))).toBe(
      'violated: 706: 1 cycles off',
    );
  });

  test('wraps at 2^64', () => {
    const offset = 2n ** 64n - 1n;
    expect(judge(booted().counter(0, 'stop', { hostCounter: 3n, offset, counter: 2n }))).toBe(
      'holds 1',
    );
    expect(judge(booted().counter(0, 'stop', { hostCounter: 3n, offset, counter: 3n }))).toMatch(
      '1 cycles off',
    );
  });

  test('is vacuous where no counter is seen', () => {
    expect(judge(booted().stop(0, 1).start(0, 1))).toBe('vacuous');
  });

  test('vCPUs that the host wrote as one generation have one offset', () => {
    const written = (offset: bigint, generation: number) =>
      booted()
        .counter(0, 'host-write', { offset: 10n, generation: 1 })
        .counter(1, 'host-write', { offset, generation });
    expect(judge(written(10n, 1))).toBe('holds 2');
    expect(judge(written(11n, 1))).toBe('violated: 11: 1 cycles off');
    expect(judge(written(11n, 2))).toBe('holds 2');
  });

  test('what was not written by the host is no generation of its', () => {
    const skewed = booted().counter(0, 'start').counter(1, 'start', { offset: 7n });
    expect(judge(skewed)).toBe('holds 2');
  });

  test('a write by the host moves the offset or TSC_ADJUST, never both', () => {
    const written = (offset: bigint, adjust: bigint) =>
      judge(
        booted().counter(0, 'stop', { adjust: 3n }).counter(0, 'host-write', { offset, adjust }),
      );
    expect(written(9n, 3n)).toBe('holds 2');
    expect(written(0n, 4n)).toBe('holds 2');
    expect(written(9n, 4n)).toBe('violated: 4: 1 moved');
  });

  test('a write by the guest moves both by the same', () => {
    const written = (offset: bigint, adjust: bigint) =>
      judge(
        booted().counter(0, 'stop', { offset: 5n }).counter(0, 'guest-write', { offset, adjust }),
      );
    expect(written(2n, -3n)).toBe('holds 2');
    expect(written(2n, 0n)).toBe('violated: moved by 0');
    expect(judge(booted().counter(0, 'guest-write', { offset: 5n }))).toBe('holds 1');
  });

  test('a restored life knows what its snapshot knew', () => {
    const restored = (adjust: bigint) =>
      booted()
        .counter(0, 'stop', { adjust: 3n })
        .save(0)
        .restore(0, 1)
        .counter(0, 'host-write', { offset: 9n, adjust });
    expect(judge(restored(3n))).toBe('holds 2');
    expect(judge(restored(0n))).toMatch('moved');
  });
});
