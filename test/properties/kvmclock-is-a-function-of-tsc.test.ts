import { describe, expect, test } from 'vitest';
import { kvmclockIsAFunctionOfTsc } from '../../src/properties/kvmclock-is-a-function-of-tsc.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const judge = (story: HostStory): string =>
  summary(verdictOf(kvmclockIsAFunctionOfTsc, { vcpus: 2 }, story.events));
const booted = (stable = true): HostStory =>
  new HostStory().boot(2).page(0, { isSet: true, stable });

describe('kvmclock-is-a-function-of-tsc', () => {
  test('KVM_GET_CLOCK shows what the page gives, to 1 ns', () => {
    expect(judge(booted().got(2_001n, 1_000n))).toBe('holds 1');
    expect(judge(booted().got(2_001n, 1_001n))).toBe('holds 1');
    expect(judge(booted().got(2_001n, 999n))).toBe('holds 1');
    expect(judge(booted().got(2_001n, 1_002n))).toBe('violated: 1002 ns: 2 ns off');
    expect(judge(booted().got(2_001n, 998n))).toBe('violated: 998 ns: -2 ns off');
  });

  test('scales by the multiplier and the shift of the page, in 64 and 32 bits', () => {
    // 5 GHz: cycles are halved, then 0.4 ns each.
    const fast = { tscToSystemMul: 1_717_986_918n, tscShift: -1, tscTimestamp: 10n, isSet: true };
    const story = (ns: bigint) =>
      judge(
        new HostStory()
          .boot(2)
          .page(0, { ...fast, systemTime: 7n })
          .got(10_000_010n, ns),
      );
    expect(story(7n + 1_999_999n)).toBe('holds 1');
    expect(story(7n + 1_999_999n + 2n)).toMatch('2 ns off');
  });

  test('is vacuous where readings are not of one clock, or nothing was got', () => {
    expect(judge(booted(false).got(2_001n, 5n))).toBe('vacuous');
    expect(judge(booted().got(2_001n, 5n, false))).toBe('vacuous');
    expect(judge(booted())).toBe('vacuous');
    expect(judge(new HostStory().boot(2).page(1, { isSet: true }).got(2_001n, 5n))).toBe('vacuous');
  });

  test('a page that KVM has still to write is not compared', () => {
    for (const step of ['set-clock+realtime', 'set-tsc 0', 'set-tsc-offset 1', 'move to host 1']) {
      expect(judge(booted().take(step).got(2_001n, 5n))).toBe('vacuous');
    }
    const written = booted().take('set-clock').page(0, { isSet: true, systemTime: 40n });
    expect(judge(written.got(2_001n, 5n))).toMatch('off');
    expect(judge(booted().take('get-tsc 0').got(2_001n, 5n))).toMatch('off');
  });

  test('on another host the same function of the TSC, unless the clock was set', () => {
    const page = { tsc: 2_001n, tscTimestamp: 2_001n };
    const moved = (systemTime: bigint, isSet = false) =>
      judge(
        booted()
          .migrate()
          .page(0, { ...page, systemTime, isSet }),
      );
    expect(moved(1_001n)).toBe('holds 1');
    expect(moved(1_002n)).toBe('violated: 1002 ns: 2 ns off');
    expect(moved(1_002n, true)).toBe('vacuous');
    expect(judge(booted().page(0, { ...page, systemTime: 5n }))).toBe('vacuous');
    const unstable = booted()
      .migrate()
      .page(0, { ...page, systemTime: 5n, stable: false });
    expect(judge(unstable)).toBe('vacuous');
  });

  test('a restored life goes on from the page of its snapshot', () => {
    const restored = (systemTime: bigint) =>
      judge(
        booted()
          .save(0)
          .page(0, { isSet: true, systemTime: 77n })
          .restore(0, 1)
          .got(2_001n, 5n)
          .page(0, { tsc: 2_001n, tscTimestamp: 2_001n, systemTime }),
      );
    expect(restored(1_000n)).toBe('holds 1');
    expect(restored(1_077n)).toMatch('77 ns off');
  });
});
