import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../src/contract/schedule.js';
import { abs } from '../../src/math/u64.js';
import { VCPU0 } from '../schedules.js';
import { changed, finding, readings } from './playing.js';

// The findings in which arithmetic on the counter is at fault. Sections of linux-timekeeping.md.

const SECOND = 1_000_000_000n;
const EPOCH = 1_700_002_800n * SECOND;

describe('over-adjustment (§3)', () => {
  /** 64 bits of ns << 23. */
  const WRAP = (1n << 64n) >> 23n;
  /** Tick +10 %, PLL 0.5 s >> 2 in a second, adjtime 500 µs/s: ppm (B5). Beyond maxadj, 11 %. */
  const GAINED = (2n * SECOND * (100_000n + 125_000n + 500n)) / 1_000_000n;
  /** Two floors of a read; mult is a whole number, one unit is 119.2 ns a second (§1). */
  const ROUNDING = 2n + 2n * 120n;

  test('MONOTONIC drops by 2^64 >> shift ns, 2199 s, in a wait of 30 min', async () => {
    const [before = 0n, after = 0n] = readings(await finding('over-adjustment'));
    expect(abs(after - before + WRAP - 2n * SECOND - GAINED)).toBeLessThanOrEqual(ROUNDING);
  });

  test('a settime makes the loss permanent, where a tick would have been right', async () => {
    const schedule = await finding('over-adjustment');
    const [, dropped, settled] = readings(schedule);
    expect(settled).toBe(dropped);
    const ticked = changed(schedule, (command) =>
      command.kind === 'settime' ? [{ kind: 'tick', actor: VCPU0 }] : [command],
    );
    const [before = 0n, , right = 0n] = readings(ticked);
    expect(abs(right - before - 2n * SECOND - GAINED)).toBeLessThanOrEqual(ROUNDING);
  });
});

describe('frequency-step-leaves-an-error (§13 B4, §14)', () => {
  /** What MONOTONIC gains in 10 s; one cycle of kvm-clock is one true ns. */
  const gained = (schedule: Schedule) => {
    const [before = 0n, after = 0n] = readings(schedule);
    return after - before - 10n * SECOND;
  };
  /** freq 7735 is 0.118 ppm: 0.99 of the 119.2 ppb that one unit of kvm-clock's mult is worth. */
  const ASKED = (10n * 7_735n * 1_000n) / 65_536n;

  test('6.12.117: the clock runs at its nominal rate, and adjtimex(2) says +0.118 ppm', async () => {
    const schedule = await finding('frequency-step-leaves-an-error');
    // ntp_error is -3.9 ms * 500 ppm = -1.95 µs; the fraction of mult repays 118 ns of it a second,
    // so for 16 s mult is the whole number below, which is the nominal one.
    expect(abs(gained(schedule))).toBeLessThanOrEqual(2n);
  });

  test('6.12.109, which does not take the step into ntp_error, runs as it was told', async () => {
    const schedule = await finding('frequency-step-leaves-an-error');
    const older: Schedule = { ...schedule, machine: { ...schedule.machine, kernel: '6.12.109' } };
    expect(abs(gained(older) - ASKED)).toBeLessThanOrEqual(2n);
  });
});

describe('settime-undone-by-suspend (§7, drift compensation)', () => {
  test('a step of 1.5 s before a suspend is gone after it, and BOOTTIME lacks as much', async () => {
    const schedule = await finding('settime-undone-by-suspend');
    const [realtime = 0n, monotonic = 0n, boottime = 0n] = readings(schedule);
    expect(realtime).toBe(EPOCH + 10n * SECOND);
    expect(boottime - monotonic).toBe(10n * SECOND - (3n * SECOND) / 2n);
  });

  test('a step of 2 s is kept', async () => {
    const schedule = changed(await finding('settime-undone-by-suspend'), (command) =>
      command.kind === 'settime' ? [{ ...command, sec: command.sec + 1n, nsec: 0n }] : [command],
    );
    const [realtime = 0n, monotonic = 0n, boottime = 0n] = readings(schedule);
    expect(realtime).toBe(EPOCH + 12n * SECOND);
    expect(boottime - monotonic).toBe(10n * SECOND);
  });
});

describe('nonstop-counter-wraps-asleep (§7, resume)', () => {
  test('a sleep in which a counter of 32 bits wraps is not counted at all', async () => {
    const [realtime, monotonic, boottime] = readings(await finding('nonstop-counter-wraps-asleep'));
    expect([realtime, monotonic, boottime]).toEqual([EPOCH, 0n, 0n]);
  });

  test('five seconds earlier the same sleep is', async () => {
    const schedule = await finding('nonstop-counter-wraps-asleep');
    const [host] = schedule.machine.hosts;
    const counterBoot = (host?.counterBoot ?? 0n) - 6n * 32_768n;
    const hosts = [{ counterHz: 32_768n, counterBoot }];
    const [, , boottime = 0n] = readings({ ...schedule, machine: { ...schedule.machine, hosts } });
    // The nominal mult is rounded down: less than one ns in the 327680 cycles of ten seconds' sleep.
    expect(abs(boottime - 10n * SECOND)).toBeLessThanOrEqual(1n);
  });
});
