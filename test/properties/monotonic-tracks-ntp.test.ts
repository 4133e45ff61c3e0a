import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/contract/event.js';
import { monotonicTracksNtp as law } from '../../src/properties/monotonic-tracks-ntp.js';
import { Story } from './events.js';
import { MULT, summary, verdictOf } from './premises.js';

/** kvm-clock at 250 Hz: a tick is 4,000,000 cycles, which are as many ns; shift 23, so ns << 32 is << 9. */
const TICK = 4_000_000n;
const TO_ERROR = 9n;
const NOMINAL = TICK << 32n;
const judge = (story: Story): string => summary(verdictOf(law, { vcpus: 2 }, story.events));

type Core = Partial<EventOf<'timekeeper-published'>>;
/** A tick that sampled the counter `off` cycles past what it accounts for, up to `cycleLast`. */
const tick = (story: Story, cycleLast: bigint, core: Core, off = 0n): Story =>
  story
    .at(cycleLast)
    .tick(0, cycleLast + off, core.mult ?? MULT)
    .core(0, { cycleLast, ...core });
const booted = (): Story => new Story().boot(2).core(0);

describe('monotonic-tracks-ntp', () => {
  test('at the nominal rate nothing is owed', () => {
    expect(judge(tick(tick(booted(), TICK, {}), 2n * TICK, {}))).toBe('holds 2');
  });

  test('ntp_error is what NTP’s ticks are longer than MONOTONIC’s, for each of them', () => {
    const longer = NOMINAL + 5n;
    const owed = (ntpError: bigint) =>
      judge(
        tick(tick(booted(), TICK, { ntpTick: longer }), 4n * TICK, { ntpTick: longer, ntpError }),
      );
    expect(owed(15n)).toBe('holds 2');
    expect(owed(14n)).toMatch(/^violated/);
  });

  test('one unit of mult advances MONOTONIC by a tick’s cycles >> shift', () => {
    const faster = { mult: MULT + 1n, ntpError: 1n };
    const first = new Story().boot(2).core(0, { ntpError: 1n }).at(1n);
    const changed = tick(first, TICK, faster);
    const repaid = 1n - (TICK << TO_ERROR);
    expect(judge(tick(changed, 2n * TICK, { ...faster, ntpError: repaid }))).toBe('holds 2');
    expect(judge(tick(changed, 2n * TICK, faster))).toMatch('violated');
  });

  describe('a change of mult within a tick is back-dated', () => {
    const off = 1_000n;
    const backdated = (off * 8n) << TO_ERROR;
    const change = (story: Story, cycleLast: bigint, mult: bigint, ntpError: bigint) =>
      tick(story, cycleLast, { mult, ntpError, ntpTick: (TICK * mult) << TO_ERROR }, off);

    test('kernels from 6.12.110 owe that time, others do not', () => {
      expect(judge(change(booted(), TICK, MULT + 8n, backdated))).toBe('holds 1');
      expect(judge(change(booted(), TICK, MULT + 8n, 0n))).toBe('holds 1');
      expect(judge(change(booted(), TICK, MULT + 8n, backdated / 2n))).toMatch('violated');
    });

    test('and a kernel never changes its mind', () => {
      const owed = () => change(booted(), TICK, MULT + 8n, backdated);
      // NTP's tick is what mult makes: nothing else is owed.
      expect(judge(change(owed(), 2n * TICK, MULT, 0n))).toBe('holds 2');
      expect(judge(change(owed(), 2n * TICK, MULT, backdated))).toMatch('violated');
    });

    test('a counter behind cycle_last counts as at it', () => {
      const behind = booted()
        .at(TICK)
        .sampled(1, TICK - 5n, MULT)
        .published(1, TICK - 5n, MULT + 8n);
      expect(judge(behind.core(1, { cycleLast: TICK, mult: MULT + 8n }))).toBe('holds 1');
    });
  });

  test('what is owed has a bound: a step, and one unit of mult over each gap (B4)', () => {
    const step = (TICK + 1n) << TO_ERROR;
    const owes = (gap: bigint, owed: bigint) => {
      // NTP's tick is longer by what is owed, spread over the gap.
      const ntpTick = NOMINAL + owed / gap;
      const first = new Story().boot(2).core(0, { ntpTick });
      return judge(tick(first, gap * TICK, { ntpTick, ntpError: (owed / gap) * gap }));
    };
    expect(owes(1n, 2n * step)).toMatch('violated');
    expect(owes(1n, step)).toBe('holds 1');
    expect(owes(10n, 11n * step)).toBe('holds 1');
    expect(owes(10n, 12n * step)).toMatch('violated');
  });

  test('cycle_last moves by whole ticks', () => {
    expect(judge(tick(booted(), TICK + 1n, {}))).toMatch(/^violated: by 4000001/);
  });

  test('whoever else moves the clock to now begins a new account', () => {
    const set = booted().at(5n).set(0, 0n).core(0, { cycleLast: 5n, ntpError: 77n });
    expect(judge(set)).toBe('vacuous');
    const slept = booted().at(5n).suspend().core(0).at(9n).resume().core(0, { cycleLast: 9n });
    expect(judge(slept)).toBe('vacuous');
    expect(judge(tick(slept, TICK + 9n, {}))).toBe('holds 1');
  });

  test('a subject that does not show its inside is not tested', () => {
    expect(
      judge(
        new Story()
          .boot(2)
          .tick(0, TICK)
          .tick(0, 2n * TICK),
      ),
    ).toBe('vacuous');
  });
});
