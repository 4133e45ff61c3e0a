import { describe, expect, test } from 'vitest';
import { FOREVER } from '../../src/contract/units.js';
import { architectedCounterKeepsCounting } from '../../src/properties/architected-counter-keeps-counting.js';
import { HostStory } from './host-events.js';
import { KVM_CLOCK, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
/** 24 MHz: 41.7 ns a cycle. */
const ARM: Setup = {
  clocksource: { ...KVM_CLOCK, name: 'arch_sys_counter', freq: 24_000_000n, widthBits: 56 },
};

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(architectedCounterKeepsCounting, { ...ARM, ...setup }, story.events));
/** A stop of a minute, over which the counter shows `gain` cycles. */
const minute = (gain: bigint, before = 0n) =>
  new HostStory()
    .boot()
    .at(SEC)
    .counter(0, 'stop', { counter: before })
    .at(61n * SEC)
    .counter(0, 'start', { counter: (before + gain) % 2n ** 56n });

describe('architected-counter-keeps-counting', () => {
  test('gains the length of the stop, to one cycle', () => {
    const gain = 60n * 24_000_000n;
    expect(judge(minute(gain))).toBe('holds 1');
    expect(judge(minute(gain + 1n))).toBe('holds 1');
    expect(judge(minute(gain - 1n))).toBe('holds 1');
    expect(judge(minute(gain + 2n))).toBe(`violated: ${gain + 2n} cycles more`);
    expect(judge(minute(gain - 2n))).toBe(`violated: ${gain - 2n} cycles more`);
    expect(judge(minute(0n))).toBe('violated: 0 cycles more');
  });

  test('may wrap meanwhile', () => {
    expect(judge(minute(60n * 24_000_000n, 2n ** 56n - 1n))).toBe('holds 1');
  });

  test('is as exact as its frequency is declared', () => {
    const ppm: Setup = { declared: { counterPpb: 1_000n } };
    // One in a million of 1.44e9 cycles, and one cycle.
    expect(judge(minute(60n * 24_000_000n + 1_441n), ppm)).toBe('holds 1');
    expect(judge(minute(60n * 24_000_000n - 1_441n), ppm)).toBe('holds 1');
    expect(judge(minute(60n * 24_000_000n + 1_442n), ppm)).toMatch('violated');
    expect(judge(minute(60n * 24_000_000n - 1_442n), ppm)).toMatch('violated');
    expect(judge(minute(0n), { declared: { counterPpb: null } })).toBe('vacuous');
  });

  test('a stop of unknown instants bounds what it surely, and at most, was', () => {
    const recorded = (gain: bigint) =>
      judge(
        new HostStory()
          .boot()
          .at(SEC, 2n * SEC)
          .counter(0, 'stop')
          .at(10n * SEC, 12n * SEC)
          .counter(0, 'start', { counter: gain }),
      );
    expect(recorded(8n * 24_000_000n - 1n)).toBe('holds 1');
    expect(recorded(8n * 24_000_000n - 2n)).toMatch('violated');
    expect(recorded(11n * 24_000_000n + 1n)).toBe('holds 1');
    expect(recorded(11n * 24_000_000n + 2n)).toMatch('violated');
    const unknown = new HostStory().boot().at(0n, FOREVER).counter(0, 'stop').counter(0, 'start');
    expect(judge(unknown)).toBe('vacuous');
  });

  test('other counters promise nothing, and without a stop nothing is to be kept', () => {
    expect(judge(minute(0n), { clocksource: KVM_CLOCK })).toBe('vacuous');
    expect(judge(new HostStory().boot().counter(0, 'start'))).toBe('vacuous');
  });

  test('another host has another counter', () => {
    const moved = new HostStory().boot().counter(0, 'stop').at(SEC);
    expect(judge(moved.counter(0, 'start', { host: 1 }))).toBe('vacuous');
  });

  test('a snapshot is a stop until it is taken up', () => {
    const restored = new HostStory().boot().counter(0, 'stop').save(0).at(SEC).restore(0, 1);
    expect(judge(restored.counter(0, 'start'))).toBe('violated: 0 cycles more');
  });
});
