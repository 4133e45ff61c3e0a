import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lawNamed } from '../../src/app/catalogue.js';
import { check } from '../../src/app/check.js';
import { play } from '../../src/app/replay.js';
import type { Command } from '../../src/contract/schedule.js';
import { abs } from '../../src/math/u64.js';
import { ofKind, VCPU0 } from '../schedules.js';
import { changed, finding, one, playing, readings } from './playing.js';

// B1 to B9, and the sections, are those of linux-timekeeping.md.

const SECOND = 1_000_000_000n;
const MILLISECOND = 1_000_000n;
/** epochSec of the files is 23:00:00 UTC. */
const EPOCH = 1_700_002_800n * SECOND;
const MIDNIGHT = EPOCH + 3_600n * SECOND;
/** kvm-clock: one cycle is one ns, and ns = cycles * KVM_MULT >> KVM_SHIFT (§1). */
const KVM_SHIFT = 23n;
const KVM_MULT = 1n << KVM_SHIFT;
const STA_UNSYNC = 0x40;
const TIME_OOP = 3;

const files = readdirSync('corpus/findings');

describe.each(files)('%s', (file) => {
  test('is played on 6.12.117, and no command is skipped', async () => {
    const schedule = await finding(file.replace('.json', ''));
    expect(schedule.machine.kernel).toBe('6.12.117');
    expect(ofKind(playing(schedule), 'skipped')).toEqual([]);
  });
});

describe('publication-regress (B2)', () => {
  test('MONOTONIC of another vCPU goes back by the window times the drop of the rate', async () => {
    const events = playing(await finding('publication-regress'));
    const sampled = one(ofKind(events, 'tick-sampled'), -1);
    const published = one(ofKind(events, 'tick-published'), -1);
    const drop = sampled.mult - published.mult;
    const [before = 0n, after = 0n] = ofKind(events, 'clock-read').map((event) => event.ns);
    const bound = ((published.counter - sampled.counter) * drop) >> KVM_SHIFT;
    expect([bound, bound + 1n]).toContain(before - after);
    // §13 B2: "w = 100 ms: adjtime tail 600 µs → 40 µs". The rate falls from +500 to +100 ppm; each
    // mult is a whole number, and one unit of it is 119 ns a second (§1), or 12 ns in 0.1 s.
    expect(abs(before - after - 40_000n)).toBeLessThanOrEqual(12n + 1n);
  });

  test('it is a violation where the law is strict about it, and a known limit where not', async () => {
    const schedule = await finding('publication-regress');
    const laws = [lawNamed('monotonic-never-decreases')];
    const kind = async (strict: readonly 'publication'[]) =>
      one((await play(schedule, { laws, strict })).laws).verdict.kind;
    expect(await kind([])).toBe('holds');
    expect(await kind(['publication'])).toBe('violated');
  });

  test('a strict search finds it, too', async () => {
    const laws = [lawNamed('monotonic-never-decreases')];
    const strict = ['publication'] as const;
    const found = await check({ seed: 1, runs: 2_000, maxCommands: 100, strict, laws });
    expect(one(found.laws).verdict).toBe('violated');
    const kinds = one(found.counterexamples).events.map((event) => event.kind);
    expect(kinds).toContain('tick-sampled');
  });
});

describe('adjtime over a wait without ticks (B6)', () => {
  /** §1: one unit of the TSC's mult is 149.0116 ns a second, and mult is a whole number. */
  const LSB_NS_PER_SEC = 150n;

  test('adjtime-lost-in-idle: 5000 µs asked for, none left to slew, and none was slewed', async () => {
    const schedule = await finding('adjtime-lost-in-idle');
    const [after14s = 0n, after24s = 0n] = readings(schedule);
    expect(abs(after14s - 14n * SECOND)).toBeLessThanOrEqual(14n * LSB_NS_PER_SEC);
    expect(abs(after24s - 24n * SECOND)).toBeLessThanOrEqual(24n * LSB_NS_PER_SEC);
    expect(one(ofKind(playing(schedule), 'ntp-adjusted'), -1).offset).toBe(0n);
  });

  test('adjtime-overshoots-in-idle: 500 µs/s go on for all of a minute, and 5000 were asked for', async () => {
    const schedule = await finding('adjtime-overshoots-in-idle');
    const [, , after71s = 0n] = readings(schedule);
    // §13 B6: 30103 µs after 1.2 s of ticks. Here the slew begins with the one tick after 1.004 s:
    // 60 s of 500 µs. A slew of 500 ppm is 3355 units of mult, cut to a whole number.
    const slewed = after71s - 71_004n * MILLISECOND;
    expect(abs(slewed - 30_000_000n)).toBeLessThanOrEqual(71n * LSB_NS_PER_SEC);
    expect(one(ofKind(playing(schedule), 'ntp-adjusted'), -1).offset).toBe(0n);
  });
});

describe('the leap second (B7)', () => {
  const half = SECOND / 2n;

  test('leap-second-comes-late: REALTIME reads past 24:00:00 until a tick, TAI goes on', async () => {
    const events = playing(await finding('leap-second-comes-late'));
    const reads = ofKind(events, 'clock-read').map((event) => event.ns);
    // True time is half a second after midnight; the machine boots with TAI = UTC.
    expect(reads).toEqual([MIDNIGHT + half, MIDNIGHT + half, MIDNIGHT - half, MIDNIGHT + half]);
    // adjtimex(2) knows, before the tick as after it (§8.6).
    const asked = ofKind(events, 'ntp-adjusted').slice(1);
    expect(asked.map((event) => event.ret)).toEqual([TIME_OOP, TIME_OOP]);
  });

  test('leap-second-is-missed: no later tick inserts what a suspend passed over', async () => {
    const events = playing(await finding('leap-second-is-missed'));
    const [realtime = 0n, tai = 0n] = ofKind(events, 'clock-read').map((event) => event.ns);
    // 10.5 s after midnight: with the leap second it were 9.5 s, and TAI one ahead of REALTIME.
    expect(realtime).toBe(MIDNIGHT + 10n * SECOND + half);
    expect(tai - realtime).toBe(0n);
    // §8.6: the state stays INS with its second in the past, which adjtimex(2) shows as OOP.
    expect(one(ofKind(events, 'ntp-adjusted'), -1).ret).toBe(TIME_OOP);
  });

  test('without the suspend the next tick inserts it', async () => {
    const schedule = changed(await finding('leap-second-is-missed'), (command) =>
      command.kind.startsWith('guest-') ? [] : [command],
    );
    const [realtime = 0n, tai = 0n] = readings(schedule);
    expect(realtime).toBe(MIDNIGHT + 9n * SECOND + half);
    expect(tai - realtime).toBe(SECOND);
  });
});

describe('pll-negative-interval (B9)', () => {
  /** §8.5: ns/s, by the interval in seconds; tc is 0, the offset 10 µs; then scaled ppm. */
  const freqAfter = (secs: bigint) => ((10_000n * secs * 65_536n) >> 8n) / 1_000n;

  test('the frequency moves the wrong way, by 390.6 ppm for a clock set back by 10000 s', async () => {
    const schedule = await finding('pll-negative-interval');
    const { freq } = one(ofKind(playing(schedule), 'ntp-adjusted'), -1);
    expect(freq).toBe(freqAfter(-10_000n));
    expect(Number(freq) / 65_536).toBeCloseTo(-390.6, 1); // §13 B9
  });

  test('after a wait it moves the right way, by the 8 s to which the kernel clamps', async () => {
    // Shorter than the 2048 s from which the FLL has a share.
    const wait: Command = { kind: 'elapse', ns: 2_000n * SECOND };
    const tick: Command = { kind: 'tick', actor: VCPU0 };
    const schedule = changed(await finding('pll-negative-interval'), (command) =>
      command.kind === 'settime' ? [wait, tick] : [command],
    );
    expect(one(ofKind(playing(schedule), 'ntp-adjusted'), -1).freq).toBe(freqAfter(8n));
  });
});

describe('rejected-settime-clears-ntp (§7)', () => {
  test('the call fails and REALTIME stays, but the slew is gone and the clock unsynchronised', async () => {
    const schedule = await finding('rejected-settime-clears-ntp');
    const events = playing(schedule);
    expect(ofKind(events, 'clock-set')).toMatchObject([{ ret: -22, stepNs: 0n }]);
    expect(one(ofKind(events, 'ntp-adjusted'), -1)).toMatchObject({
      offset: 0n,
      status: STA_UNSYNC,
    });
    const without = changed(schedule, (command) => (command.kind === 'settime' ? [] : [command]));
    expect(one(ofKind(playing(without), 'ntp-adjusted'), -1)).toMatchObject({
      offset: 5_000n,
      status: 0,
    });
  });
});

describe('a coarse clock steps back (§6.4)', () => {
  /** The new rate is back-dated to the last tick: 3999999 cycles by so much more mult, rounded up. */
  const back = (mult: bigint) => (3_999_999n * (mult - KVM_MULT) + KVM_MULT - 1n) >> KVM_SHIFT;

  test('coarse-steps-back-frequency: by 2 µs for 500 ppm, and into the second before', async () => {
    const [before = 0n, after = 0n] = readings(await finding('coarse-steps-back-frequency'));
    expect(before - after).toBe(back((KVM_MULT * 10_005n) / 10_000n));
    expect(before - after).toBeLessThanOrEqual(2_000n); // §6.4: 4 ms × 500 ppm = 2 µs
    expect([before / SECOND, after / SECOND].map((sec) => sec - EPOCH / SECOND)).toEqual([1n, 0n]);
  });

  test('coarse-steps-back-tick: by 400 µs for a tick of 11000', async () => {
    const [before = 0n, after = 0n] = readings(await finding('coarse-steps-back-tick'));
    expect(before - after).toBe(back((KVM_MULT * 11n) / 10n));
    expect(before - after).toBeLessThanOrEqual(400_000n); // §6.4: 4 ms × 10 % tick = 400 µs
  });
});

describe('cross-timestamp-older-than-history (§11)', () => {
  const crossed = async (change: (command: Command) => readonly Command[]) => {
    const schedule = changed(await finding('cross-timestamp-older-than-history'), change);
    return one(ofKind(playing(schedule), 'cross-timestamped'));
  };

  test('a capture 4 ms before the history is given the time of 1 ms', async () => {
    const found = await crossed((command) => [command]);
    expect(found).toMatchObject({ ret: 0, device: MILLISECOND, history: 5n * MILLISECOND });
    expect(found.rawNs).toBe(MILLISECOND);
    expect(found.realtimeNs).toBe(EPOCH + MILLISECOND);
  });

  test('with the history kept before the update it is refused, as promised', async () => {
    let at = 0;
    // The snapshot goes before the tick, to 3 ms: still later than the capture.
    const found = await crossed((command) => {
      at++;
      if (at === 1)
        return [
          { kind: 'elapse', ns: 3n * MILLISECOND },
          { kind: 'snapshot', actor: VCPU0 },
          { kind: 'elapse', ns: MILLISECOND },
        ];
      return command.kind === 'snapshot' ? [] : [command];
    });
    expect(found.ret).toBe(-22);
  });
});

describe('called-off-leap-lags-in-timers (§3, update_offsets_now)', () => {
  test('the clock did not leap, and the timer base is a second behind it', async () => {
    const reads = readings(await finding('called-off-leap-lags-in-timers'));
    // Boot is at 23:59:58.
    expect(reads).toEqual([MIDNIGHT - SECOND, MIDNIGHT + SECOND, MIDNIGHT]);
  });

  test('the next step of the clock mends it', async () => {
    const schedule = changed(await finding('called-off-leap-lags-in-timers'), (command) =>
      command.kind === 'read' && command.via === 'syscall'
        ? [{ kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x100 } }, command]
        : [command],
    );
    expect(readings(schedule).slice(1)).toEqual([MIDNIGHT + SECOND, MIDNIGHT + SECOND]);
  });

  test('it is a known limit of realtime-is-one-clock-everywhere', async () => {
    const schedule = await finding('called-off-leap-lags-in-timers');
    const laws = [lawNamed('realtime-is-one-clock-everywhere')];
    const kind = async (strict: readonly 'called-off-leap'[]) =>
      one((await play(schedule, { laws, strict })).laws).verdict.kind;
    expect(await kind([])).not.toBe('violated');
    expect(await kind(['called-off-leap'])).toBe('violated');
  });
});
