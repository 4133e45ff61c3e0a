import { describe, expect, test } from 'vitest';
import type { Property } from '../../src/contract/property.js';
import { realtimeIsRightAfterStop } from '../../src/properties/realtime-is-right-after-stop.js';
import { realtimeIsRightAtFirstRead } from '../../src/properties/realtime-is-right-at-first-read.js';
import { HostStory } from './host-events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const SEC = 1_000_000_000n;
/** UTC at true time 0: premises.ts. */
const EPOCH = 1_700_000_000n * SEC;
/** laws.md, eps_real: 1 ns of BOOTTIME's stopError, 2 ns of q, and 61 s by one LSB of mult, 2^-23 (B5). */
const EPS = 3n + (61n * SEC) / 2n ** 23n;
const [STRONG, WEAK] = [realtimeIsRightAtFirstRead, realtimeIsRightAfterStop];

const judge = (law: Property, story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(law, { vcpus: 2, ...setup }, story.events));
/** Right at 1 s, stopped from 2 s to 62 s. */
const stopped = (): HostStory =>
  new HostStory()
    .boot(2)
    .at(SEC)
    .read(0, 'CLOCK_REALTIME', EPOCH + SEC)
    .at(2n * SEC)
    .stop(0, 1)
    .at(62n * SEC)
    .start(0, 1);
const readAt62 = (story: HostStory, errorNs: bigint): HostStory =>
  story.read(0, 'CLOCK_REALTIME', EPOCH + 62n * SEC + errorNs);

describe.each([
  ['at the first read', STRONG],
  ['once settled', WEAK],
] as const)('REALTIME is right %s', (_when, law) => {
  const settled = (errorNs: bigint): HostStory => readAt62(stopped().handled(), errorNs);

  test('on either side of UTC, as far as eps goes', () => {
    expect(judge(law, settled(0n))).toBe('holds 1');
    expect(judge(law, settled(EPS))).toBe('holds 1');
    expect(judge(law, settled(-EPS))).toBe('holds 1');
    expect(judge(law, settled(EPS + 3n))).toMatch(/violated: \d+ ns ahead of UTC on vCPU 0/);
    expect(judge(law, settled(-60n * SEC))).toBe(`violated: ${60n * SEC} ns behind UTC on vCPU 0`);
  });

  test('hosts may be off by what they declare, on both sides of the stop', () => {
    const setup: Setup = { declared: { realtimeNs: 1_000_000n } };
    expect(judge(law, settled(2_000_000n + EPS), setup)).toBe('holds 1');
    expect(judge(law, settled(2_000_000n + EPS + 3n), setup)).toMatch('violated');
  });

  test('a clock that was wrong before need not be right after', () => {
    const wrong = new HostStory()
      .boot(2)
      .at(SEC)
      .read(0, 'CLOCK_REALTIME', EPOCH + 6n * SEC)
      .at(2n * SEC)
      .stop(0, 1)
      .at(62n * SEC)
      .start(0, 1)
      .handled();
    expect(judge(law, readAt62(wrong, 5n * SEC))).toBe('holds 1');
    expect(judge(law, readAt62(wrong, 6n * SEC))).toMatch('violated');
  });

  test('nothing is proved without a stop, of a stop within eps, and of a clock that somebody set', () => {
    expect(judge(law, new HostStory().boot(2).at(SEC).read(0, 'CLOCK_REALTIME', EPOCH))).toBe(
      'vacuous',
    );
    const short = new HostStory()
      .boot(2)
      .at(SEC)
      .stop(0, 1)
      .at(SEC + 3n)
      .start(0, 1)
      .handled();
    expect(judge(law, short.read(0, 'CLOCK_REALTIME', EPOCH))).toBe('vacuous');
    const set = stopped()
      .handled()
      .set(0, 7n * SEC);
    expect(judge(law, readAt62(set, 7n * SEC))).toBe('vacuous');
  });

  test('other clocks, and the NMI-safe reader, show nothing of it', () => {
    const other = stopped()
      .handled()
      .monotonic(0, 2n * SEC);
    expect(judge(law, other)).toBe('vacuous');
    const nmi = stopped().handled().read(0, 'CLOCK_REALTIME', EPOCH, null, 'nmi');
    expect(judge(law, nmi)).toBe('vacuous');
  });
});

describe('before the stop has settled', () => {
  const unsettled = (errorNs: bigint): HostStory => readAt62(stopped(), errorNs);

  test('only the strong form asks', () => {
    expect(judge(STRONG, unsettled(-60n * SEC))).toMatch('violated');
    expect(judge(WEAK, unsettled(-60n * SEC))).toBe('vacuous');
  });

  test('a stop that does not settle in time breaks the weak form', () => {
    const late = stopped()
      .at(63n * SEC + 1n)
      .read(0, 'CLOCK_REALTIME', EPOCH + 63n * SEC + 1n);
    expect(judge(WEAK, late)).toMatch('violated: not settled after');
  });
});
