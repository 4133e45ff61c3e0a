import { describe, expect, test } from 'vitest';
import { injectionAddsUp } from '../../src/properties/injection-adds-up.js';
import { HostStory } from './host-events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(injectionAddsUp, { vcpus: 2, ...setup }, story.events));
const MINUTE = 60_000_000_000n;
const u64 = (n: bigint) => BigInt.asUintN(64, n);

interface Stop {
  /** What is taken out of each counter, in cycles of 1 ns. */
  readonly taken: readonly bigint[];
  readonly toldNs: bigint;
  readonly lengthNs?: bigint;
}

/** Enabled, then stops: what is taken and told is in all. */
function story(stops: readonly Stop[], by?: string): HostStory {
  const told = new HostStory().boot(2).told(0n, by);
  let now = 100n;
  for (const { taken, toldNs, lengthNs = MINUTE } of stops) {
    const both = told.at(now).stop(0, 1);
    both.counter(0, 'stop').counter(1, 'stop');
    now += lengthNs;
    both.at(now).start(0).start(1);
    for (const vcpu of [0, 1]) both.counter(vcpu, 'start', { offset: u64(-(taken[vcpu] ?? 0n)) });
    both.told(toldNs, by).handled();
    now += 100n;
  }
  return told;
}

describe('injection-adds-up', () => {
  test('what is taken out of the counters is the stop, and what the page has grown by', () => {
    expect(judge(story([{ taken: [MINUTE, MINUTE], toldNs: MINUTE }]))).toBe('holds 1');
    // s is 1 ns, and 1 ns is lost where cycles are divided.
    const short = MINUTE - 2n;
    expect(judge(story([{ taken: [short, short], toldNs: MINUTE }]))).toBe('holds 1');
    const shorter = MINUTE - 3n;
    expect(judge(story([{ taken: [shorter, shorter], toldNs: MINUTE }]))).toBe(
      `violated: ${shorter} ns`,
    );
    const longer = MINUTE + 4n;
    expect(judge(story([{ taken: [longer, longer], toldNs: longer }]))).toBe(
      `violated: ${longer} ns`,
    );
  });

  test('is the same on all vCPUs, to the cycle', () => {
    expect(judge(story([{ taken: [MINUTE, MINUTE - 1n], toldNs: MINUTE }]))).toBe(
      `violated: ${MINUTE - 1n} cycles`,
    );
  });

  test('the page tells what was taken', () => {
    const told = (toldNs: bigint) => judge(story([{ taken: [MINUTE, MINUTE], toldNs }]));
    expect(told(MINUTE + 2n)).toBe('holds 1');
    expect(told(MINUTE + 3n)).toBe(`violated: ${MINUTE + 3n} ns`);
    expect(told(MINUTE - 3n)).toBe(`violated: ${MINUTE - 3n} ns`);
    expect(told(0n)).toBe('violated: 0 ns');
  });

  test('sums over stops, each with its own error', () => {
    const twice = (second: bigint) =>
      judge(
        story([
          { taken: [MINUTE, MINUTE], toldNs: MINUTE },
          { taken: [second, second], toldNs: second },
        ]),
      );
    expect(twice(2n * MINUTE - 3n)).toBe('holds 2');
    expect(twice(2n * MINUTE - 4n)).toMatch('violated');
    expect(twice(3n * MINUTE)).toMatch('violated');
  });

  test('a stop of no length counts as none', () => {
    expect(judge(story([{ taken: [0n, 0n], toldNs: 0n, lengthNs: 0n }]))).toBe('holds 1');
    expect(judge(story([{ taken: [9n, 9n], toldNs: 9n, lengthNs: 0n }]))).toMatch('violated');
  });

  test('whole milliseconds are declared as what they are', () => {
    const ms: Setup = { declared: { stopErrorNs: { monotonic: 1_000_000n, boottime: 1n } } };
    const cut = [MINUTE - 999_999n, MINUTE - 999_999n];
    expect(judge(story([{ taken: cut, toldNs: MINUTE }]), ms)).toBe('holds 1');
    expect(judge(story([{ taken: cut, toldNs: MINUTE }]))).toMatch('violated');
  });

  test('counts from where the feature was enabled', () => {
    // An hour was slept before: nobody told the guest, and nothing was taken for it.
    const late = (taken: bigint) => {
      const slept = new HostStory().boot(2).at(100n).stop(0, 1).counter(0, 'stop').at(MINUTE);
      slept.start(0, 1).counter(0, 'start').handled().told(0n);
      slept
        .at(2n * MINUTE)
        .stop(0, 1)
        .counter(0, 'stop')
        .counter(1, 'stop');
      slept.at(3n * MINUTE).start(0, 1);
      slept.counter(0, 'start', { offset: u64(-taken) });
      return slept
        .counter(1, 'start', { offset: u64(-taken) })
        .told(taken)
        .handled();
    };
    expect(judge(late(MINUTE))).toBe('holds 1');
    expect(judge(late(2n * MINUTE))).toMatch('violated');
  });

  test('is vacuous where the page was never read, is another one, or the counter moved on', () => {
    expect(judge(story([{ taken: [0n, 0n], toldNs: 0n }], 'drift-page'))).toBe('vacuous');
    expect(judge(new HostStory().boot(2).stop(0, 1).at(9n).start(0, 1).handled())).toBe('vacuous');
    const moved = new HostStory().boot(2).told(0n).stop(0, 1).counter(0, 'stop').at(99n).migrate();
    expect(judge(moved.start(0, 1).counter(0, 'start').handled())).toBe('vacuous');
    const restored = new HostStory().boot(2).told(0n).stop(0, 1).counter(0, 'stop').save(0);
    expect(judge(restored.at(99n).restore(0, 1).start(0, 1).counter(0, 'start').handled())).toBe(
      'vacuous',
    );
    const untied: Setup = { declared: { counterPpb: null } };
    expect(judge(story([{ taken: [0n, 0n], toldNs: 0n }]), untied)).toBe('vacuous');
  });

  test('cycles are of the frequency of the host, scaled', () => {
    const half = { ratio: 1n << 47n, fraction: 48n };
    const scaled = (taken: bigint) => {
      const told = new HostStory().boot(2).told(0n).stop(0, 1);
      told.counter(0, 'stop', half).at(MINUTE).start(0, 1);
      return told
        .counter(0, 'start', { ...half, offset: u64(-taken) })
        .told(MINUTE)
        .handled();
    };
    expect(judge(scaled(MINUTE / 2n))).toBe('holds 1');
    expect(judge(scaled(MINUTE))).toMatch('violated');
  });
});
