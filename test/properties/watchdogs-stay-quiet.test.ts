import { describe, expect, test } from 'vitest';
import { watchdogsStayQuiet } from '../../src/properties/watchdogs-stay-quiet.js';
import { HostStory } from './host-events.js';
import { summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
const judge = (story: HostStory): string =>
  summary(verdictOf(watchdogsStayQuiet, { vcpus: 2 }, story.events));

/** Awake for `awakeNs`, then stopped for `stoppedNs`, and looked at as the vCPUs run again. */
const stopped = (awakeNs: bigint, stoppedNs: bigint): HostStory =>
  new HostStory()
    .boot(2)
    .at(awakeNs)
    .stop(0, 1)
    .at(awakeNs + stoppedNs)
    .start(0, 1);
const fired = (elapsedNs: bigint) => ({ elapsedNs });

describe('watchdogs-stay-quiet', () => {
  test('a lease of 10 s that counts a stop of a minute fires for nothing', () => {
    expect(judge(stopped(SEC, 60n * SEC).check(true, fired(61n * SEC)))).toBe(
      `violated: it fired after ${61n * SEC} ns by its clock: the VM was away for ${60n * SEC} ns`,
    );
    expect(judge(stopped(SEC, 60n * SEC).check(false))).toBe('holds 1');
  });

  test('with more than its threshold of awake time it has a reason', () => {
    // 1 ns of stopError, 2 ns of q, and 10 s by one LSB of mult, 2^-23 (B5): 1.2 us.
    expect(judge(stopped(10n * SEC - 1_200n, 60n * SEC).check(true))).toMatch('violated');
    expect(judge(stopped(10n * SEC, 60n * SEC).check(true))).toBe('vacuous');
  });

  test('a stop up to the threshold puts nothing to the test, unless the watchdog fires early', () => {
    expect(judge(stopped(SEC, 10n * SEC).check(false))).toBe('vacuous');
    expect(judge(stopped(SEC, 10n * SEC + 1n).check(false))).toBe('holds 1');
    expect(judge(stopped(SEC, 5n * SEC).check(true))).toMatch('violated');
    expect(judge(new HostStory().boot(2).at(SEC).check(true))).toBe('vacuous');
  });

  test('counts from the last touch on its vCPU, of that watchdog', () => {
    const touched = stopped(SEC, 60n * SEC)
      .touch('lease')
      .check(true);
    expect(judge(touched)).toBe('vacuous');
    expect(
      judge(
        stopped(SEC, 60n * SEC)
          .touch('softlockup')
          .check(true),
      ),
    ).toMatch('violated');
    expect(
      judge(
        stopped(SEC, 60n * SEC)
          .touch('lease', 1)
          .check(true),
      ),
    ).toMatch('violated');
  });

  test('a check that forgave touches all that go by the flag, and no lease', () => {
    const forgiven = (watchdog: 'rcu-stall' | 'lease'): HostStory =>
      stopped(SEC, 60n * SEC)
        .check(false, { watchdog: 'softlockup', thresholdNs: 20n * SEC, forgave: true })
        .check(true, { watchdog });
    expect(judge(forgiven('rcu-stall'))).toBe('holds 1');
    expect(judge(forgiven('lease'))).toMatch('violated');
  });

  test('stops add up, and a restore goes on from the snapshot', () => {
    const twice = stopped(SEC, 6n * SEC)
      .at(8n * SEC)
      .stop(0, 1)
      .at(14n * SEC)
      .start(0, 1);
    expect(judge(twice.check(false))).toBe('holds 1');
    const restored = new HostStory()
      .boot(2)
      .at(SEC)
      .save(0)
      .at(61n * SEC)
      .restore(0, 1)
      .start(0, 1);
    expect(judge(restored.check(true))).toMatch('violated');
  });
});
