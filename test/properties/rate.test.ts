import { describe, expect, test } from 'vitest';
import type { Premises } from '../../src/contract/property.js';
import {
  ADJ_ADJTIME,
  ADJ_FREQUENCY,
  ADJ_NANO,
  ADJ_OFFSET,
  ADJ_SETOFFSET,
  ADJ_TICK,
  STA_NANO,
} from '../../src/contract/timex.js';
import { nominalOf, RATE_ONE } from '../../src/properties/nominal.js';
import { RateInForce } from '../../src/properties/rate.js';
import { type Adjusted, Story } from './events.js';
import { MULT, premisesOf, TSC } from './premises.js';

const SEC = 1_000_000_000n;
const SINGLESHOT = ADJ_ADJTIME | ADJ_OFFSET;

/** Shows a story to a fresh rate. */
function rateAfter(story: Story, premises: Premises = premisesOf()): RateInForce {
  const rate = new RateInForce(premises, nominalOf(premises, 0));
  for (const event of story.events) {
    if (event.kind === 'ntp-adjusted') rate.ntpAdjusted(event);
    else if (event.kind === 'clock-set') rate.clockSet(event);
    else if (event.kind === 'guest-resumed') rate.forwarded();
    else if (event.kind === 'tick-sampled') rate.tickSampled();
    else if (event.kind === 'tick-published') rate.tickPublished(event);
  }
  return rate;
}

/** Both ends beside 1, in whole parts per 10^6, toward 1. */
function ppm({ lo, hi }: RateInForce): readonly [bigint, bigint] {
  const part = (rate: bigint) => ((rate - RATE_ONE) * 1_000_000n) / RATE_ONE;
  return [part(lo), part(hi)];
}

const asked = (...adjusted: readonly Adjusted[]): Story => {
  const story = new Story();
  for (const each of adjusted) story.adjust(0, each);
  return story;
};
const freq = (scaledPpm: bigint): Adjusted => ({
  timex: { modes: ADJ_FREQUENCY },
  freq: scaledPpm * 65_536n,
});
const singleshot = (offset: bigint): Adjusted => ({ timex: { modes: SINGLESHOT, offset } });

describe('RateInForce', () => {
  test('at boot is 1, to 1 LSB of mult', () => {
    // kvm-clock: 119.2093 ns per second and LSB (table of §1).
    const { lo, hi } = rateAfter(new Story());
    expect((hi - RATE_ONE) / 65_536n).toBe(119n);
    expect((RATE_ONE - lo) / 65_536n).toBe(119n);
  });

  test('takes a new frequency from the call, and drops the old one with the next tick', () => {
    expect(ppm(rateAfter(asked(freq(300n))))).toEqual([0n, 300n]);
    expect(ppm(rateAfter(asked(freq(300n)).tick(0, 5n)))).toEqual([299n, 300n]);
    expect(ppm(rateAfter(asked(freq(300n), freq(-200n))))).toEqual([-200n, 300n]);
    expect(ppm(rateAfter(asked(freq(300n), freq(-200n)).tick(0, 5n)))).toEqual([-200n, -199n]);
  });

  test('a tick that sampled before the call does not drop the old one', () => {
    const story = new Story().sampled(0, 5n, MULT).adjust(0, freq(300n)).published(0, 5n, MULT);
    expect(ppm(rateAfter(story))).toEqual([0n, 300n]);
  });

  test('no frequency is beyond 500 ppm, and ticks add a tenth', () => {
    expect(ppm(rateAfter(asked(freq(501n)).tick(0, 5n)))).toEqual([500n, 500n]);
    const tick = { timex: { modes: ADJ_TICK }, tick: 11_000n };
    expect(ppm(rateAfter(asked(tick)))).toEqual([0n, 100_000n]);
    expect(ppm(rateAfter(asked({ ...tick, ...freq(-500n) })))).toEqual([0n, 99_500n]);
  });

  test('a refused call changes nothing', () => {
    expect(ppm(rateAfter(asked({ ...freq(300n), ret: -22 })))).toEqual([0n, 0n]);
  });

  test('adjtime(3) adds 500 ppm in its direction from its call on', () => {
    expect(ppm(rateAfter(asked(singleshot(5n)).tick(0, 5n)))).toEqual([0n, 500n]);
    expect(ppm(rateAfter(asked(singleshot(-5n)).tick(0, 5n)))).toEqual([-500n, 0n]);
    expect(ppm(rateAfter(asked(singleshot(0n))))).toEqual([0n, 0n]);
    expect(ppm(rateAfter(asked({ timex: { modes: SINGLESHOT } })))).toEqual([0n, 0n]);
  });

  test('asking what is left of an adjustment changes none', () => {
    const question = { timex: { modes: SINGLESHOT | ADJ_NANO, offset: 9n } };
    expect(ppm(rateAfter(asked(singleshot(-5n), question)))).toEqual([-500n, 0n]);
  });

  test('a slew that was replaced goes on until ticks have carried the clock 2 s further', () => {
    // It changes at the boundaries of seconds: second_overflow() (§8.4), bound B6.
    const replaced = (): Story => asked(singleshot(5n), singleshot(0n)).tick(0, 10n);
    expect(ppm(rateAfter(replaced()))).toEqual([0n, 500n]);
    expect(ppm(rateAfter(replaced().tick(0, 2n * SEC)))).toEqual([0n, 500n]);
    // 2 s, and two ticks of 4 ms.
    expect(ppm(rateAfter(replaced().tick(0, 2n * SEC + 8_000_010n)))).toEqual([0n, 500n]);
    expect(ppm(rateAfter(replaced().tick(0, 2n * SEC + 8_000_011n)))).toEqual([0n, 0n]);
  });

  test('a set or a resume in between may swallow the boundary: the 2 s begin again', () => {
    for (const write of [
      (story: Story) => story.set(0, 5n, -22),
      (story: Story) => story.resume(),
      (story: Story) => story.adjust(0, singleshot(0n)),
    ]) {
      const story = write(asked(singleshot(5n), singleshot(0n)).tick(0, 10n)).tick(0, 9n * SEC);
      expect(ppm(rateAfter(story))).toEqual([0n, 500n]);
      expect(ppm(rateAfter(story.tick(0, 12n * SEC)))).toEqual([0n, 0n]);
    }
  });

  test('a counter that went back begins them again', () => {
    const story = asked(singleshot(5n), singleshot(0n))
      .tick(0, 9n * SEC)
      .tick(0, 1n);
    expect(ppm(rateAfter(story.tick(0, 2n * SEC)))).toEqual([0n, 500n]);
    expect(ppm(rateAfter(story.tick(0, 3n * SEC)))).toEqual([0n, 0n]);
  });

  test('clock_settime(2) clears the slews with the next tick', () => {
    const cleared = asked(singleshot(5n)).set(0, 5n);
    expect(ppm(rateAfter(cleared))).toEqual([0n, 500n]);
    expect(ppm(rateAfter(cleared.tick(0, 5n)))).toEqual([0n, 0n]);
    const offset = { timex: { modes: ADJ_SETOFFSET } };
    expect(ppm(rateAfter(asked(singleshot(5n), offset).tick(0, 5n)))).toEqual([0n, 0n]);
  });

  test('a clear that a tick has passed does not clear the next slew', () => {
    const story = new Story().set(0, 5n).tick(0, 5n).adjust(0, singleshot(5n));
    expect(ppm(rateAfter(story.adjust(0, singleshot(0n)).tick(0, 9n)))).toEqual([0n, 500n]);
  });

  test('the PLL works off a quarter of 2^constant of the offset in a second', () => {
    // 1 ms >> 2 + 1: 125 µs/s, which is 125 ppm.
    const pll = (offset: bigint, status: number) =>
      asked({ timex: { modes: ADJ_OFFSET }, offset, status, constant: 1n }).tick(0, 5n);
    expect(ppm(rateAfter(pll(1_000_000n, STA_NANO)))).toEqual([0n, 125n]);
    expect(ppm(rateAfter(pll(-1_000_000n, STA_NANO)))).toEqual([-125n, 0n]);
    expect(ppm(rateAfter(pll(1_000n, 0)))).toEqual([0n, 125n]);
  });

  test('all that is asked for adds up', () => {
    const pll = { timex: { modes: ADJ_OFFSET }, offset: 1_000n, constant: 1n };
    const both = asked(
      { ...pll, freq: 65_536n * 100n },
      { ...singleshot(5n), freq: 65_536n * 100n },
    );
    expect(ppm(rateAfter(both.tick(0, 5n)))).toEqual([99n, 725n]);
  });

  test('a declared range is all there is', () => {
    const premises = premisesOf({ declared: { ratePpb: { lowest: -1_000_000n, highest: 0n } } });
    expect(ppm(rateAfter(asked(freq(300n)), premises))).toEqual([-1_000n, 0n]);
  });

  test('the error of the counter and what rounding made of mult are inside', () => {
    // TSC 2.5 GHz: mult is 6710886 for 6710886.4: 0.4 of 149.0116 ns per LSB and second (§1) is 59.6.
    const premises = premisesOf({ clocksource: TSC, declared: { counterPpb: 10_000n } });
    const { raw } = nominalOf(premises, 0);
    expect((raw.hi - RATE_ONE) / 65_536n).toBe(10_000n - 60n);
    expect((RATE_ONE - raw.lo) / 65_536n).toBe(10_000n + 59n);
  });

  test('remembers its extremes, and copies', () => {
    const rate = rateAfter(asked(freq(300n), freq(-200n)).tick(0, 5n));
    const copy = rate.copy();
    expect(copy.highest).toBeGreaterThan(RATE_ONE);
    expect([copy.lo, copy.hi, copy.lowest]).toEqual([rate.lo, rate.hi, rate.lowest]);
  });
});
