import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TIMER_CLOCKS } from '../../src/contract/clock.js';
import type { Command } from '../../src/contract/schedule.js';
import { ADJ_FREQUENCY } from '../../src/contract/timex.js';
import { elapse, ofKind, VCPU0 } from '../schedules.js';
import {
  adjtimex,
  COUNTERS,
  EPOCH_SEC,
  MILLISECOND,
  play,
  SECOND,
  ticking,
  wait,
} from './guests.js';

// tools/testing/selftests/timers; tolerances as peer-suites.md has them.

/** nanosleep and set-timer-lat: "0 early allowed", "early = fail". */
const EARLY_NS = 0n;
/** set-timer-lat: "latency max 40 ms". */
const LATE_NS = 40n * MILLISECOND;

/** A relative one-shot without slack. */
const ARMED = { relative: true, slackNs: 0n } as const;

const counter = fc.constantFrom(...COUNTERS);
/** Those that do not come round in a wait without ticks. */
const wide = fc.constantFrom(...COUNTERS.filter(({ spec }) => spec.widthBits > 32));
const hz = fc.constantFrom(100, 250, 300, 1000);
const freq = fc.integer({ min: -500 * 65_536, max: 500 * 65_536 });
/** "10 ns..10 s". */
const sleepNs = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 99 }))
  .map(([power, many]) => (BigInt(many) * 10n ** BigInt(power + 1)) / 10n)
  .filter((ns) => ns >= 10n && ns <= 10n * SECOND);

describe('nanosleep', () => {
  test.each(TIMER_CLOCKS)('%s never wakes before its time, absolute or relative', (clock) => {
    const origin = clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI' ? EPOCH_SEC * SECOND : 0n;
    fc.assert(
      fc.property(
        counter,
        hz,
        freq,
        fc.array(sleepNs, { minLength: 1, maxLength: 5 }),
        (on, ...rest) => {
          const [ticksPerSec, rate, sleeps] = rest;
          let nowNs = SECOND;
          const commands: Command[] = [
            adjtimex({ modes: ADJ_FREQUENCY, freq: BigInt(rate) }),
            elapse(nowNs),
          ];
          sleeps.forEach((ns, at) => {
            // The clock is within 500 ppm of true time, so the absolute time is about `ns` ahead.
            const timers = [
              { timer: 2 * at, relative: true, expiresNs: ns },
              { timer: 2 * at + 1, relative: false, expiresNs: origin + nowNs + ns },
            ];
            for (const timer of timers) {
              commands.push({ kind: 'arm', actor: VCPU0, clock, slackNs: 0n, ...timer });
            }
            // Another 100 ms: at −500 ppm the absolute one comes up to 26 ms late after 52 s.
            const pause = ns + 100n * MILLISECOND;
            commands.push(...wait(pause));
            nowNs += pause;
          });
          const events = play(ticking(on.spec, { hz: ticksPerSec }), commands);
          const armed = ofKind(events, 'timer-armed');
          const fired = ofKind(events, 'timer-fired');
          expect(fired.map(({ timer }) => timer).sort()).toEqual(
            armed.map(({ timer }) => timer).sort(),
          );
          for (const { timer, readNs, comparedNs } of fired) {
            const due = armed.find((each) => each.timer === timer)?.expiresNs ?? 0n;
            expect(due - (comparedNs ?? 0n)).toBeLessThanOrEqual(EARLY_NS);
            expect(due - (readNs ?? 0n)).toBeLessThanOrEqual(EARLY_NS);
          }
        },
      ),
      { numRuns: 15, seed: 1 },
    );
  });
});

describe('set-timer-lat', () => {
  test.each(TIMER_CLOCKS)(
    '%s: a one-shot fires once, not early, and no later than 40 ms',
    (clock) => {
      const origin = clock === 'CLOCK_REALTIME' || clock === 'CLOCK_TAI' ? EPOCH_SEC * SECOND : 0n;
      fc.assert(
        fc.property(
          counter,
          hz,
          freq,
          fc.boolean(),
          sleepNs,
          (on, ticksPerSec, rate, relative, ns) => {
            const expiresNs = relative ? ns : origin + SECOND + ns;
            const events = play(ticking(on.spec, { hz: ticksPerSec }), [
              adjtimex({ modes: ADJ_FREQUENCY, freq: BigInt(rate) }),
              elapse(SECOND),
              { kind: 'arm', actor: VCPU0, timer: 0, clock, expiresNs, relative, slackNs: 0n },
              ...wait(ns + SECOND),
            ]);
            const [armed] = ofKind(events, 'timer-armed');
            const fired = ofKind(events, 'timer-fired');
            expect(fired).toHaveLength(1);
            const lateNs = (fired[0]?.comparedNs ?? 0n) - (armed?.expiresNs ?? 0n);
            expect(lateNs).toBeGreaterThanOrEqual(-EARLY_NS);
            // An absolute time may be past when it is armed: after a second at +500 ppm by 0.5 ms.
            expect(lateNs).toBeLessThanOrEqual(LATE_NS);
          },
        ),
        { numRuns: 25, seed: 1 },
      );
    },
  );
});

describe('arch_timer', () => {
  // "exactly one IRQ per arm", and "timers in the past fire at once" (arch_timer_edge_cases).
  test('each arming has one callback, whatever it replaces and however often it is due', () => {
    fc.assert(
      fc.property(wide, fc.array(sleepNs, { minLength: 1, maxLength: 8 }), (on, sleeps) => {
        const commands = sleeps.flatMap((ns): Command[] => [
          {
            kind: 'arm',
            actor: VCPU0,
            timer: 0,
            clock: 'CLOCK_MONOTONIC',
            ...ARMED,
            expiresNs: ns,
          },
          elapse(ns + MILLISECOND),
        ]);
        const still = ticking(on.spec, { tick: 'command' });
        expect(ofKind(play(still, commands), 'timer-fired')).toHaveLength(sleeps.length);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test('a timer in the past fires at once, and one at the end of time not at all', () => {
    const arm = (expiresNs: bigint): Command => ({
      ...{ kind: 'arm', actor: VCPU0, timer: 0, clock: 'CLOCK_MONOTONIC', ...ARMED },
      ...{ expiresNs, relative: false },
    });
    const still = ticking(undefined, { tick: 'command' });
    // The shortest delta of the device is 1 µs.
    const past = ofKind(play(still, [elapse(SECOND), arm(5n), elapse(1_000n)]), 'timer-fired');
    expect(past).toHaveLength(1);
    const never = [arm(2n ** 63n - 1n), elapse(3_000n * SECOND)];
    expect(ofKind(play(still, never), 'timer-fired')).toEqual([]);
  });
});

describe('alarmtimer-suspend', () => {
  /** "lateness per alarm of 15 s period, incl. real suspends: 5 s". */
  const LATEST_NS = 5n * SECOND;

  test.each(['CLOCK_REALTIME', 'CLOCK_BOOTTIME'] as const)(
    '%s wakes the guest each 15 s, within 5 s',
    (clock) => {
      const period = 15n * SECOND;
      const nap: readonly Command[] = [
        { kind: 'guest-suspend', actor: VCPU0 },
        elapse(period + MILLISECOND),
      ];
      const commands: readonly Command[] = [
        elapse(MILLISECOND),
        {
          ...{ kind: 'arm', actor: VCPU0, timer: 0, clock, ...ARMED },
          ...{ expiresNs: period, intervalNs: period, wakes: true },
        },
        ...Array.from({ length: 6 }, () => nap).flat(),
      ];
      const plain = ticking(undefined, { tick: 'command' });
      const rtc = {
        ...plain,
        vms: plain.vms.map((vm) => ({ ...vm, persistentClock: 'seconds' as const })),
      };
      for (const on of [plain, rtc]) {
        const events = play(on, commands);
        const fired = ofKind(events, 'timer-fired');
        expect(fired.length).toBeGreaterThanOrEqual(5);
        fired.forEach(({ latestNs }, at) => {
          const lateNs = latestNs - MILLISECOND - BigInt(at + 1) * period;
          expect(lateNs).toBeLessThanOrEqual(LATEST_NS);
        });
        for (const { comparedNs } of fired) expect(comparedNs).not.toBeNull();
      }
    },
  );
});
