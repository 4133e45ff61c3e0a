import { describe, expect, test } from 'vitest';
import type { ClockId } from '../../src/contract/clock.js';
import { ADJ_SETOFFSET, ADJ_TAI } from '../../src/contract/timex.js';
import { noStaleReadAfterResume } from '../../src/properties/no-stale-read-after-resume.js';
import { HostStory } from './host-events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const MINUTE = 60_000_000_000n;
/** t_r: the VM was stopped at 100 ns, for a minute. */
const BACK = MINUTE + 100n;
const REALTIME = 'CLOCK_REALTIME';
const TAI = 'CLOCK_TAI';

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(noStaleReadAfterResume, { vcpus: 2, ...setup }, story.events));

const booted = (): HostStory => new HostStory().boot(2).at(100n);
const back = (): HostStory => booted().stop(0, 1).at(BACK).start(0, 1);
/** Read `early` at t_r, handled 10 ns later, and read `late` 10 ns after that. */
const twice = (clock: ClockId, early: bigint, late: bigint): HostStory =>
  back()
    .read(0, clock, early)
    .at(BACK + 10n)
    .handled()
    .at(BACK + 20n)
    .read(1, clock, late);

describe('no-stale-read-after-resume', () => {
  test('a clock that a handler moves was stale until then', () => {
    expect(judge(twice(REALTIME, 100n, MINUTE + 120n))).toBe(
      `violated: the first read after that, ${MINUTE + 120n} ns on vCPU 1, is ${MINUTE - 4n} ns ahead of what follows from it`,
    );
    for (const clock of [REALTIME, TAI, 'CLOCK_BOOTTIME', 'CLOCK_MONOTONIC'] as const) {
      expect(judge(twice(clock, 100n, MINUTE + 120n))).toMatch('ahead of');
      expect(judge(twice(clock, MINUTE + 100n, 120n))).toMatch('behind');
      expect(judge(twice(clock, 100n, 120n))).toBe('holds 1');
    }
    expect(judge(twice('CLOCK_MONOTONIC_RAW', 100n, MINUTE))).toBe('vacuous');
  });

  test('within eps: q and what the design declares of the clock', () => {
    // q is 2 ns; MONOTONIC has 1 ns a stop, and what counts sleep another.
    for (const [clock, eps] of [
      ['CLOCK_MONOTONIC', 3n],
      ['CLOCK_BOOTTIME', 4n],
      [REALTIME, 4n],
    ] as const) {
      expect(judge(twice(clock, 100n, 120n + eps))).toBe('holds 1');
      expect(judge(twice(clock, 100n, 121n + eps))).toMatch('ahead of');
      // Up to s, 10 ns after it: how it goes on from there is no matter of the stop.
      expect(judge(twice(clock, 100n, 110n - eps))).toBe('holds 1');
      expect(judge(twice(clock, 100n, 109n - eps))).toMatch('behind');
    }
  });

  test('a clock that stands still from the start on is another law', () => {
    const frozen = back()
      .read(0, REALTIME, 100n)
      .handled()
      .at(2n * BACK)
      .read(0, REALTIME, 100n);
    expect(judge(frozen)).toBe('holds 1');
  });

  test('all clocks of one sample, and each read of a clock', () => {
    const sample = (realtimeNs: bigint) => ({ monotonicNs: 100n, realtimeNs });
    const late = (story: HostStory): HostStory =>
      story
        .at(BACK + 10n)
        .handled()
        .snapshot(1, { monotonicNs: 110n, realtimeNs: 910n });
    expect(judge(late(back().snapshot(0, sample(900n))))).toBe('holds 1');
    expect(judge(late(back().snapshot(0, sample(800n))))).toMatch('ahead of');
    expect(judge(late(back().snapshot(0, sample(900n)).snapshot(1, sample(800n))))).toMatch(
      'ahead of',
    );
    expect(judge(late(back().snapshot(0, sample(800n)).snapshot(1, sample(900n))))).toMatch(
      'ahead of',
    );
  });

  test('only the first read after it shows what it has settled to', () => {
    expect(judge(twice(REALTIME, 100n, 120n).read(0, REALTIME, MINUTE))).toBe('holds 1');
  });

  test('proves nothing without a read in [t_r, s], one after it, and a stop that settles', () => {
    const before = booted().read(0, REALTIME, 100n).stop(0, 1).at(BACK).start(0, 1).handled();
    expect(judge(before.at(BACK + 1n).read(0, REALTIME, MINUTE))).toBe('vacuous');
    expect(judge(back().read(0, REALTIME, 100n).handled())).toBe('vacuous');
    expect(judge(back().read(0, REALTIME, 100n).read(0, REALTIME, MINUTE))).toBe('vacuous');
    const other = back()
      .read(0, REALTIME, 100n)
      .handled()
      .at(BACK + 1n);
    expect(judge(other.read(0, 'CLOCK_BOOTTIME', MINUTE))).toBe('vacuous');
    expect(judge(twice(REALTIME, 100n, MINUTE), { declared: { counterPpb: null } })).toBe(
      'vacuous',
    );
  });

  test('the instant of s belongs to both sides', () => {
    const at = back().read(0, REALTIME, 100n).handled().read(1, REALTIME, MINUTE);
    expect(judge(at)).toMatch('ahead of');
    const after = back()
      .handled()
      .read(0, REALTIME, 100n)
      .at(BACK + 1n);
    expect(judge(after.read(0, REALTIME, 101n))).toBe('holds 1');
  });

  test('from the first start on, and in a part of the VM', () => {
    const partly = booted()
      .stop(0, 1)
      .at(BACK)
      .start(0)
      .read(0, REALTIME, 100n)
      .at(BACK + 50n);
    const all = partly.start(1).handled();
    // With one vCPU the clock may stand still, and may go on.
    expect(judge(all.read(0, REALTIME, 100n))).toBe('holds 1');
    const on = booted()
      .stop(0, 1)
      .at(BACK)
      .start(0)
      .read(0, REALTIME, 100n)
      .at(BACK + 50n);
    expect(judge(on.start(1).handled().read(0, REALTIME, 155n))).toMatch('ahead of');
  });

  test('a read that had begun before the stop may show what was', () => {
    const straddling = booted()
      .stop(0, 1)
      .at(BACK)
      .start(0, 1)
      .at(50n, BACK)
      .read(0, REALTIME, 90n);
    const settled = straddling
      .at(BACK)
      .handled()
      .at(BACK + 1n);
    expect(judge(settled.read(0, REALTIME, MINUTE + 101n))).toBe('vacuous');
    // Stopped in the instant in which it began.
    const held = new HostStory().boot(2).hold(0, 'preempted').stop(0, 1).start(0, 1);
    const through = held.read(0, REALTIME, 90n).release(0, 'preempted').handled().at(1n);
    expect(judge(through.read(0, REALTIME, MINUTE))).toBe('vacuous');
  });

  test('reads of a guest that is suspended, and on the NMI path, are not permitted ones', () => {
    const asleep = booted().suspend().stop(0, 1).at(BACK).start(0, 1).read(0, REALTIME, 100n);
    const awake = asleep
      .resume()
      .handled()
      .at(BACK + 1n)
      .read(0, REALTIME, MINUTE);
    expect(judge(awake)).toBe('vacuous');
    expect(judge(awake, { strict: ['reads-while-suspended'] })).toBe('vacuous');
    const nmi = back()
      .read(0, REALTIME, 100n, null, 'nmi')
      .handled()
      .at(BACK + 1n);
    expect(judge(nmi.read(0, REALTIME, MINUTE))).toBe('vacuous');
  });

  test('who sets the clock and is not of the design ends it for what follows from that', () => {
    const set = (by: (story: HostStory) => HostStory, clock: ClockId): string => {
      const read = by(back().read(0, clock, 100n))
        .handled()
        .at(BACK + 1n);
      return judge(read.read(0, clock, MINUTE));
    };
    const foreign = (story: HostStory) => story.set(0, MINUTE);
    const own = (story: HostStory) => story.setByDesign(0, MINUTE);
    const offset = (story: HostStory) =>
      story.adjust(0, { timex: { modes: ADJ_SETOFFSET, timeSec: 60n, timeUsec: 0n } });
    for (const clock of [REALTIME, TAI] as const) {
      expect(set(foreign, clock)).toBe('vacuous');
      expect(set(offset, clock)).toBe('vacuous');
      expect(set((story) => story.leap(0, -1_000_000_000n), clock)).toBe('vacuous');
      expect(set(own, clock)).toMatch('ahead of');
    }
    expect(set(foreign, 'CLOCK_BOOTTIME')).toMatch('ahead of');
    expect(set((story) => story.set(0, 0n, -22), 'CLOCK_BOOTTIME')).toMatch('ahead of');
    const tai = (story: HostStory) => story.adjust(0, { timex: { modes: ADJ_TAI, constant: 37n } });
    expect(set(tai, TAI)).toBe('vacuous');
    expect(set(tai, REALTIME)).toMatch('ahead of');
  });

  test('a stop before it has settled begins anew', () => {
    const again = back()
      .read(0, REALTIME, 100n)
      .stop(0, 1)
      .at(2n * BACK)
      .start(0, 1)
      .handled();
    expect(judge(again.at(2n * BACK + 1n).read(0, REALTIME, MINUTE))).toBe('vacuous');
  });

  test('of a snapshot, the life that goes on and the one that is restored are two', () => {
    const saved = back().read(0, REALTIME, 100n).save(0);
    const on = saved
      .handled()
      .at(BACK + 1n)
      .read(0, REALTIME, MINUTE);
    expect(judge(on)).toMatch('ahead of');
    const clone = (early: bigint): HostStory => {
      const restored = back().read(0, REALTIME, 100n).save(0).restore(0, 1).start(0, 1);
      return restored
        .read(0, REALTIME, early)
        .handled()
        .at(BACK + 1n);
    };
    expect(judge(clone(MINUTE).read(0, REALTIME, MINUTE))).toBe('holds 1');
    expect(judge(clone(100n).read(0, REALTIME, MINUTE))).toMatch('ahead of');
  });

  test('a design that does not settle in the time that is declared breaks it', () => {
    const held = back()
      .read(0, REALTIME, 100n)
      .at(BACK + 1_000_000_001n);
    expect(judge(held.handled())).toMatch('violated: not settled after');
    expect(
      judge(
        back()
          .at(BACK + 1_000_000_001n)
          .handled(),
      ),
    ).toBe('vacuous');
  });

  test('the rate in force is what the clock may go by', () => {
    const second = 500_000_000n;
    const read = (late: bigint): HostStory =>
      booted()
        .adjust(0, { timex: { modes: 2, freq: 0n }, freq: 500n << 16n })
        .stop(0, 1)
        .at(BACK)
        .start(0, 1)
        .read(0, REALTIME, 100n)
        .at(BACK + second)
        .handled()
        .read(0, REALTIME, late);
    // 500 ppm of half a second is 250 µs.
    expect(judge(read(100n + second + 250_000n))).toBe('holds 1');
    expect(judge(read(100n + second + 251_000n))).toMatch('ahead of');
  });
});
