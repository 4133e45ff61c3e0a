import { describe, expect, test } from 'vitest';
import { FOREVER } from '../../src/contract/units.js';
import { monotonicSkipsStoppedTime } from '../../src/properties/monotonic-skips-stopped-time.js';
import { Story } from './events.js';
import { ACPI_PM, type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(monotonicSkipsStoppedTime, { vcpus: 2, ...setup }, story.events));
}

const booted = (): Story => new Story().boot(2);
/** RAW 0 at 0; stopped from 100 to a second; `ns` 100 ns later. */
const stopped = (ns: bigint): Story =>
  booted()
    .raw(0, 0n)
    .at(100n)
    .stop(0, 1)
    .at(SEC)
    .start(0, 1)
    .at(SEC + 100n)
    .raw(0, ns);

describe('monotonic-skips-stopped-time', () => {
  test('a clock may grow by the time awake, q and s', () => {
    // 200 ns awake, q = 2, s = 1.
    expect(judge(stopped(203n))).toBe('holds 1');
    expect(judge(stopped(204n))).toBe('violated: 204 ns on vCPU 0: 1 ns too much');
  });

  test('is vacuous without a stop, and with one not longer than eps', () => {
    expect(judge(booted().raw(0, 0n).at(5n).raw(0, 900n))).toBe('vacuous');
    const short = (ns: bigint) =>
      judge(booted().raw(0, 0n).stop(0, 1).at(ns).start(0, 1).raw(0, 900n));
    expect(short(3n)).toBe('vacuous');
    expect(short(4n)).toMatch('too much');
  });

  test('a vCPU that still runs keeps the VM awake', () => {
    const story = booted()
      .raw(0, 0n)
      .at(100n)
      .stop(1)
      .at(SEC)
      .start(1)
      .at(SEC + 100n);
    expect(judge(story.raw(0, SEC + 100n))).toBe('vacuous');
  });

  test('the VM is stopped from the last vCPU’s stop to the first one’s start', () => {
    // Awake from 0 to 150 and from 800 to 1000: 350, q, s.
    const story = (ns: bigint) => {
      const partly = booted().raw(0, 0n).at(100n).stop(0).at(150n).stop(1);
      return judge(partly.at(800n).start(1).at(900n).start(0).at(1_000n).raw(0, ns));
    };
    expect(story(353n)).toBe('holds 1');
    expect(story(354n)).toMatch('1 ns too much');
  });

  test('three stops that each add a little are seen as one', () => {
    // Each adds 2 ns more than s allows, which q hides once.
    const story = booted().raw(0, 0n);
    for (let stop = 1n; stop <= 3n; stop++) {
      story
        .at(stop * 1_000n - 900n)
        .stop(0, 1)
        .at(stop * 1_000n)
        .start(0, 1);
      story.raw(0, stop * 103n);
    }
    expect(judge(story)).toBe('violated: 206 ns on vCPU 0: 2 ns too much');
  });

  test('a jump that is taken back later still counts', () => {
    const story = stopped(SEC)
      .at(SEC + 200n)
      .raw(0, 300n);
    expect(judge(story)).toMatch('too much');
  });

  test('a suspend is skipped too, with 1 ns', () => {
    const story = (ns: bigint) =>
      judge(booted().raw(0, 0n).at(100n).suspend().at(SEC).resume().raw(0, ns));
    expect(story(103n)).toBe('holds 1');
    expect(story(104n)).toMatch('1 ns too much');
  });

  test('a stop inside a suspend is one time away', () => {
    const story = (ns: bigint) => {
      const away = booted().raw(0, 0n).at(100n).suspend().at(200n).stop(0, 1);
      return judge(
        away
          .at(SEC)
          .start(0, 1)
          .at(2n * SEC)
          .resume()
          .raw(0, ns),
      );
    };
    // 100 ns awake, q, and 1 ns for each of the two.
    expect(story(104n)).toBe('holds 1');
    expect(story(105n)).toMatch('1 ns too much');
  });

  test('a slow counter that is held may gain a cycle', () => {
    // ACPI PM: 200 ns awake, q = 1 + 279.4, s = 280.
    const narrow: Setup = { clocksource: ACPI_PM };
    expect(judge(stopped(760n), narrow)).toBe('holds 1');
    expect(judge(stopped(761n), narrow)).toMatch('1 ns too much');
  });

  test('says the bound, and shows the reads with the stop', () => {
    const story = stopped(SEC);
    expect(verdictOf(monotonicSkipsStoppedTime, { vcpus: 2 }, story.events)).toMatchObject({
      violation: {
        expected:
          'CLOCK_MONOTONIC_RAW at most 203 ns: 0 ns were read on vCPU 0, and its time awake since ' +
          'is worth 203 ns, at the highest rate in force and with what stops may add',
        evidence: story.events.slice(3),
      },
    });
  });

  test('of many stops the last are shown', () => {
    const story = booted().raw(0, 0n);
    for (let stop = 1n; stop <= 9n; stop++)
      story
        .at(stop * 100n)
        .stop(0, 1)
        .at(stop * 100n + 90n)
        .start(0, 1);
    const verdict = verdictOf(monotonicSkipsStoppedTime, { vcpus: 2 }, story.raw(0, SEC).events);
    expect(verdict).toMatchObject({ violation: { evidence: { length: 18 } } });
  });

  test('a counter that is tied to nothing promises nothing, and other clocks neither', () => {
    expect(judge(stopped(SEC), { declared: { counterPpb: null } })).toBe('vacuous');
    const story = booted().boottime(0, 0n).stop(0, 1).at(SEC).start(0, 1).boottime(0, SEC);
    expect(judge(story)).toBe('vacuous');
    const nmi = booted().raw(0, 0n).stop(0, 1).at(SEC).start(0, 1);
    expect(judge(nmi.read(0, 'CLOCK_MONOTONIC_RAW', SEC, null, 'nmi'))).toBe('vacuous');
  });
});

describe('monotonic-skips-stopped-time, snapshots', () => {
  test('a restored life was stopped since its snapshot, however it went on', () => {
    // Running when saved: 100 ns awake before, 100 after, q, s.
    const restored = (ns: bigint) => {
      const story = booted().raw(0, 0n).at(100n).save(0).at(200n).raw(0, 200n);
      story
        .at(SEC)
        .restore(0, 1)
        .at(2n * SEC)
        .start(0, 1)
        .at(2n * SEC + 100n);
      return judge(story.raw(0, ns));
    };
    expect(restored(203n)).toBe('holds 1');
    expect(restored(204n)).toMatch('1 ns too much');
  });

  test('a VM that was stopped when saved is so since its stop', () => {
    const restored = (ns: bigint) => {
      const story = booted().raw(0, 0n).at(100n).stop(0, 1).at(500n).save(0).at(SEC);
      return judge(
        story
          .restore(0, 1)
          .at(2n * SEC)
          .start(0, 1)
          .at(2n * SEC + 100n)
          .raw(0, ns),
      );
    };
    expect(restored(203n)).toBe('holds 1');
    expect(restored(204n)).toMatch('1 ns too much');
  });

  test('each clone is judged from the snapshot', () => {
    const story = booted()
      .raw(0, 0n)
      .at(100n)
      .save(0)
      .at(SEC)
      .restore(0, 1)
      .start(0, 1)
      .raw(0, 103n);
    expect(
      judge(
        story
          .at(2n * SEC)
          .restore(0, 2)
          .start(0, 1)
          .raw(0, 104n),
      ),
    ).toMatch('1 ns too much');
  });

  test('what is known of earlier stops is handed down', () => {
    const story = stopped(203n)
      .at(SEC + 200n)
      .stop(0, 1)
      .at(SEC + 300n)
      .save(0);
    story
      .at(2n * SEC)
      .restore(0, 1)
      .start(0, 1);
    // 300 ns awake, q, and s twice.
    expect(judge(story.raw(0, 305n))).toMatch('1 ns too much');
  });

  test('a read that may not have ended before the snapshot begins no window', () => {
    const story = booted().at(90n, 110n).raw(0, 0n).at(100n).save(0).at(SEC).restore(0, 1);
    expect(judge(story.start(0, 1).raw(0, SEC))).toBe('vacuous');
  });
});

describe('monotonic-skips-stopped-time, recorded intervals', () => {
  test('only time that was surely away is skipped', () => {
    // Away surely from 120 to 900: 1000 − 780, q, s.
    const story = (ns: bigint) => {
      const recorded = booted().raw(0, 0n).at(100n, 120n).stop(0, 1).at(900n, 950n).start(0, 1);
      return judge(recorded.at(1_000n).raw(0, ns));
    };
    expect(story(223n)).toBe('holds 1');
    expect(story(224n)).toMatch('1 ns too much');
  });

  test('a window reaches from the earliest begin to the latest end', () => {
    const story = (ns: bigint) => {
      const recorded = booted().at(10n, 50n).raw(0, 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
      return judge(recorded.at(SEC + 20n, SEC + 60n).raw(0, ns));
    };
    // 90 + 60, q, s.
    expect(story(153n)).toBe('holds 1');
    expect(story(154n)).toMatch('1 ns too much');
  });

  test('a read that straddles a stop begins no window, and may end one', () => {
    const begins = booted()
      .at(100n)
      .stop(0, 1)
      .at(SEC)
      .start(0, 1)
      .at(50n, SEC + 5n)
      .raw(0, 0n);
    expect(
      judge(
        begins
          .at(2n * SEC)
          .stop(0, 1)
          .at(3n * SEC)
          .start(0, 1)
          .raw(0, 9n * SEC),
      ),
    ).toBe('vacuous');
    const ends = booted().raw(0, 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
    expect(judge(ends.at(50n, SEC + 5n).raw(0, 109n))).toMatch('1 ns too much');
  });

  test('a stop and a start that overlap were no time away', () => {
    const story = booted().raw(0, 0n).at(100n, 500n).stop(0, 1).at(300n, 700n).start(0, 1);
    expect(judge(story.at(SEC).raw(0, 2n * SEC))).toBe('vacuous');
  });

  test('unknown instants bound nothing', () => {
    const story = booted().raw(0, 0n).at(100n).stop(0, 1).at(SEC).start(0, 1);
    expect(judge(story.at(0n, FOREVER).raw(0, 9n * SEC))).toBe('vacuous');
  });
});
