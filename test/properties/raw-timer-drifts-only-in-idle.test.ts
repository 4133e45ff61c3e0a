import { describe, expect, test } from 'vitest';
import { rawTimerDriftsOnlyInIdle } from '../../src/properties/raw-timer-drifts-only-in-idle.js';
import { Story } from './events.js';
import { MULT, type Setup, summary, verdictOf } from './premises.js';

const RAW = 'CLOCK_MONOTONIC_RAW';
const NOHZ: Setup = { vcpus: 2, ticks: { tick: 'clockevent', nohz: 'idle' } };
const STRICT: Setup = { ...NOHZ, strict: ['raw-timer-in-idle'] };

function judge(story: Story, setup: Setup = NOHZ): string {
  return summary(verdictOf(rawTimerDriftsOnlyInIdle, setup, story.events));
}

const SEC = 10n ** 9n;
/** 1 ms of a second slower: 1000 ppm, as a multiplier. */
const SLOWER = MULT - MULT / 1_000n;

/** Timer 3 for 1 s on RAW, which true time and the counter are. */
const armed = (): Story =>
  new Story().boot(2).arm(0, 3, RAW, SEC).map(0, 3, SEC).device(0, SEC, SEC);

/** The rate drops on vCPU 1 at once: 1000 ppm are called for. */
const slower = (story: Story, counter = 0n): Story =>
  story
    .adjust(1, { timex: { modes: 0x4000, tick: 9_990n }, tick: 9_990n })
    .tick(1, counter, SLOWER, MULT);

const fire = (story: Story, lateNs: bigint): Story =>
  story.at(SEC + lateNs).fire(0, 3, RAW, SEC + lateNs);

describe('raw-timer-drifts-only-in-idle', () => {
  test('where the rate stays, a RAW timer is late by its device', () => {
    expect(judge(fire(armed(), 0n))).toBe('holds 1');
    expect(judge(fire(armed(), 1_000n))).toBe('holds 1');
    expect(judge(fire(armed(), 1_200n))).toMatch('called back on vCPU 0 1200 ns late');
  });

  test('a rate that drops in a nap makes it late by that, over the nap', () => {
    // At 0.999 a second of MONOTONIC takes 1.001001 s of RAW.
    const nap = (): Story => slower(armed().idle(0));
    expect(judge(fire(nap(), 1_001_001n))).toBe('holds 1');
    expect(judge(fire(nap(), 1_001_001n + 3_000n))).toMatch('late');
  });

  test('which is a known limit: strictly, a tick of it is allowed', () => {
    const nap = (): Story => slower(armed().idle(0));
    expect(judge(fire(nap(), 1_001_001n), STRICT)).toMatch('1001001 ns late');
    // 1000 ppm of 4 ms, and the shortest delta.
    expect(judge(fire(nap(), 4_000n), STRICT)).toBe('holds 1');
    expect(judge(fire(nap(), 7_000n), STRICT)).toMatch('late');
  });

  test('a vCPU with its tick is allowed a tick of it, strict or not', () => {
    const busy = (): Story => slower(armed());
    expect(judge(fire(busy(), 4_000n))).toBe('holds 1');
    expect(judge(fire(busy(), 7_000n))).toMatch('late');
    const idle = slower(armed().idle(0, false));
    expect(judge(fire(idle, 7_000n))).toMatch('late');
  });

  test('one of nohz_full has no tick to map by', () => {
    const full: Setup = { vcpus: 2, ticks: { tick: 'clockevent', nohz: 'full' } };
    expect(judge(fire(slower(armed()), 1_001_001n), full)).toBe('holds 1');
    expect(
      judge(fire(slower(armed()), 1_001_001n), { ...full, strict: ['raw-timer-in-idle'] }),
    ).toMatch('late');
  });

  test('where ticks are commands, or it is mapped once, it drifts from its last mapping on', () => {
    expect(judge(fire(slower(armed()), 1_001_001n), { vcpus: 2 })).toBe('holds 1');
    const once: Setup = { ...NOHZ, rawTimers: { mapped: 'once', compared: true } };
    expect(judge(fire(slower(armed()), 1_001_001n), once)).toBe('holds 1');
    expect(judge(fire(slower(armed()), 1_005_000n), once)).toMatch('late');
  });

  test('a mapping made anew counts from then on', () => {
    const again = slower(armed())
      .at(SEC / 2n)
      .map(0, 3, SEC - SEC / 2_000n)
      .device(0, SEC, SEC / 2n);
    expect(judge(fire(again, 100_000n), { vcpus: 2 })).toMatch('late');
  });

  test('one that was made once the timer was due saves nothing', () => {
    const late = slower(armed().idle(0))
      .at(SEC + 1_001_000n)
      .map(0, 3, SEC);
    expect(judge(fire(late, 1_001_001n))).toBe('holds 1');
  });

  test('it counts from the change, not from the mapping', () => {
    const halfway = (): Story =>
      slower(
        armed()
          .idle(0)
          .at(SEC / 2n),
        SEC / 2n,
      );
    expect(judge(fire(halfway(), 500_500n))).toBe('holds 1');
    expect(judge(fire(halfway(), 600_000n))).toMatch('late');
  });

  test('is vacuous for timers on other clocks, without mappings, and without ticks that are told of', () => {
    const mono = new Story().boot().arm(0, 3, 'CLOCK_MONOTONIC', SEC).device(0, SEC, SEC);
    expect(judge(mono.at(2n * SEC).fire(0, 3, 'CLOCK_MONOTONIC', 2n * SEC))).toBe('vacuous');
    const unmapped = new Story().boot().arm(0, 3, RAW, SEC).device(0, SEC, SEC);
    expect(judge(fire(unmapped, SEC))).toBe('vacuous');
    expect(judge(fire(armed(), SEC), { declared: { publicationNs: 0n } })).toBe('vacuous');
  });

  test('shows the mapping and the change of rate', () => {
    const story = fire(slower(armed().idle(0)), 2_000_000n);
    const verdict = verdictOf(rawTimerDriftsOnlyInIdle, NOHZ, story.events);
    const kinds = verdict.kind === 'violated' ? verdict.violation.evidence.map((e) => e.kind) : [];
    expect(kinds).toEqual(['timer-armed', 'raw-timer-mapped', 'tick-published', 'timer-fired']);
  });
});
