import { describe, expect, test } from 'vitest';
import { noStaleReadAfterResume } from '../../src/properties/no-stale-read-after-resume.js';
import { HostStory } from './host-events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const MINUTE = 60_000_000_000n;
/** t_r: the VM was stopped at 100 ns, for a minute. */
const BACK = MINUTE + 100n;
const REALTIME = 'CLOCK_REALTIME';

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(noStaleReadAfterResume, { vcpus: 2, ...setup }, story.events));
const back = (): HostStory => new HostStory().boot(2).at(100n).stop(0, 1).at(BACK).start(0, 1);

describe('no-stale-read-after-resume, of a page', () => {
  const page = (story: HostStory, ns: bigint): HostStory =>
    story.read(0, REALTIME, ns, null, 'page');

  test('is of a clock of its own', () => {
    const read = page(back(), 100n)
      .handled()
      .at(BACK + 1n);
    expect(judge(read.read(0, REALTIME, MINUTE))).toBe('vacuous');
    expect(judge(page(read, MINUTE))).toMatch('ahead of');
    expect(
      judge(
        page(
          page(back(), MINUTE)
            .set(0, 5n)
            .handled()
            .at(BACK + 1n),
          MINUTE,
        ),
      ),
    ).toBe('holds 1');
  });

  /** Begun at 50 ns, and done with the first instruction after the stop. */
  const straddling = (ns: bigint): HostStory =>
    page(
      page(back().at(50n, BACK), ns)
        .at(BACK)
        .handled()
        .at(BACK + 10n),
      MINUTE + 110n,
    );

  test('shows any instant of a read that a stop fell into, and nothing else', () => {
    expect(judge(straddling(50n))).toBe('holds 1');
    expect(judge(straddling(MINUTE))).toBe('holds 1');
    expect(judge(straddling(BACK))).toBe('holds 1');
    expect(judge(straddling(45n))).toMatch('ahead of');
    expect(judge(straddling(BACK + 20n))).toMatch('behind');
  });

  test('may be off by what the hosts are, then', () => {
    const declared = { realtimeNs: 1_000n };
    expect(judge(straddling(BACK + 2_000n), { declared })).toBe('holds 1');
    expect(judge(straddling(BACK + 2_020n), { declared })).toMatch('behind');
  });
});
