import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { DeadlineTimer } from '../../src/contract/machine.js';
import type { Command } from '../../src/contract/schedule.js';
import { virtTscdeadlineNtpEarlyLost } from '../../src/model/faults/virt-tscdeadline-ntp-early-lost.js';
import { referenceGuest } from '../../src/model/reference.js';
import { elapse, emulated, eventsOf, machine, ofKind, schedule, VCPU0, VMM } from '../schedules.js';

/** kvm-clock, so a cycle is a ns; and the deadline is in whole eighths. */
const DEADLINE = 8_000_000n;
const ARM: Command = {
  kind: 'arm',
  actor: VCPU0,
  timer: 0,
  clock: 'CLOCK_MONOTONIC',
  expiresNs: DEADLINE,
  relative: true,
  slackNs: 0n,
};
const IDLE: Command = { kind: 'idle', actor: VCPU0 };

/** ADJ_TICK: each us of 10,000 is 100 ppm. */
function host(tick: bigint): Command {
  return { kind: 'host-adjtimex', actor: { host: 0 }, timex: { modes: 0x4000, tick } };
}
/** A tenth faster: 8 ms are through after 7.27. */
const FAST = host(11_000n);

function played(
  commands: readonly Command[],
  { by = 'hrtimer', early = 'inject' }: Partial<DeadlineTimer> = {},
  faults = [] as readonly (typeof virtTscdeadlineNtpEarlyLost)[],
): readonly Event[] {
  const on = emulated(machine(), { by, early });
  return eventsOf(referenceGuest({ faults }), schedule(commands, on));
}

function interrupts(events: readonly Event[]): readonly bigint[] {
  return ofKind(events, 'deadline-interrupt').map(({ counter }) => counter);
}

function firedNs(events: readonly Event[]): readonly bigint[] {
  return ofKind(events, 'timer-fired').map(({ earliestNs }) => earliestNs);
}

describe('a deadline that the host emulates', () => {
  const halts = [ARM, IDLE, elapse(20_000_000n)];

  test('is met to the ns where the host runs at the rate of the counter', () => {
    const events = played(halts);
    expect(ofKind(events, 'deadline-written')[0]).toMatchObject({
      deadline: DEADLINE,
      counter: 0n,
    });
    expect(interrupts(events)).toEqual([DEADLINE]);
    expect(firedNs(events)).toEqual([DEADLINE]);
    expect(ofKind(events, 'vcpu-blocked')).toMatchObject([
      { interruptPending: false, hostTimerArmed: true },
    ]);
  });

  test.each(['inject', 'record'] as const)(
    'fast host, %s: an early interrupt, and the guest arms anew',
    (early) => {
      const events = played([FAST, ...halts], { early });
      const [first = 0n] = interrupts(events);
      // 8 ms / 1.1.
      expect(first).toBe(7_272_728n);
      expect(ofKind(events, 'deadline-written').length).toBeGreaterThan(1);
      expect(firedNs(events).length).toBe(1);
      expect(firedNs(events)[0]).toBeGreaterThanOrEqual(DEADLINE);
    },
  );

  test('fast host, re-arm: the interrupt comes once, and not early', () => {
    const events = played([FAST, ...halts], { early: 're-arm' });
    expect(interrupts(events)).toEqual([DEADLINE]);
    expect(firedNs(events)).toEqual([DEADLINE]);
  });

  test.each(['inject', 'record', 're-arm'] as const)(
    'fast host, %s replaced by the fault: the vCPU sleeps with nothing armed, and no interrupt comes',
    (early) => {
      const events = played([FAST, ...halts], { early }, [virtTscdeadlineNtpEarlyLost]);
      expect(interrupts(events)).toEqual([]);
      expect(firedNs(events)).toEqual([]);
      expect(ofKind(events, 'vcpu-blocked').map((each) => each.hostTimerArmed)).toEqual([
        true,
        false,
      ]);
    },
  );

  test('the fault loses nothing of a vCPU that runs: it is waited for again at its entry', () => {
    const busy = [FAST, ARM, elapse(20_000_000n)];
    expect(interrupts(played(busy, {}, [virtTscdeadlineNtpEarlyLost]))).toEqual([DEADLINE]);
  });

  test('a slow host is late: 8 ms take 8.89', () => {
    expect(interrupts(played([host(9_000n), ...halts]))).toEqual([8_888_889n]);
  });

  test('the rate may change while the guest sleeps', () => {
    const half = [ARM, IDLE, elapse(4_000_000n), host(9_000n), elapse(20_000_000n)];
    // Four of it are through, and four more take a ninth longer.
    expect(interrupts(played(half))).toEqual([8_444_445n]);
  });

  test('the preemption timer counts the counter while the vCPU runs, and an hrtimer waits once it halts', () => {
    const by = 'preemption-timer';
    expect(interrupts(played([FAST, ARM, elapse(20_000_000n)], { by }))).toEqual([DEADLINE]);
    expect(interrupts(played([FAST, ...halts], { by }))[0]).toBe(7_272_728n);
    const late = [FAST, ARM, elapse(4_000_000n), IDLE, elapse(20_000_000n)];
    expect(interrupts(played(late, { by }))[0]).toBe(7_636_364n);
  });

  test('what came while the VM was stopped is given at its start', () => {
    const stop: Command[] = [
      { kind: 'vm-pause', actor: VMM },
      elapse(9_000_000n),
      { kind: 'vm-resume', actor: VMM },
    ];
    const on = emulated(machine('counters-run-on'), { by: 'hrtimer', early: 'inject' });
    const events = eventsOf(referenceGuest(), schedule([ARM, IDLE, ...stop], on));
    expect(interrupts(events)).toEqual([9_000_000n]);
  });
});

describe('adjtimex(2) on a host', () => {
  test('takes frequency and tick at once, the frequency up to 500 ppm', () => {
    const timex = { modes: 0x4002, tick: 10_001n, freq: 99_999_999n };
    const events = played([{ kind: 'host-adjtimex', actor: { host: 0 }, timex }]);
    expect(ofKind(events, 'host-ntp-adjusted')).toMatchObject([{ ratePpb: 600_000n }]);
    const slow = played([
      { kind: 'host-adjtimex', actor: { host: 0 }, timex: { modes: 0x2, freq: -99_999_999n } },
    ]);
    expect(ofKind(slow, 'host-ntp-adjusted')).toMatchObject([{ ratePpb: -500_000n }]);
  });

  const ELSEWHERE: Command = { kind: 'host-adjtimex', actor: { host: 1 }, timex: { modes: 0x2 } };
  const NO_RATE: Command = { kind: 'host-adjtimex', actor: { host: 0 }, timex: { modes: 0x1 } };

  test.each([
    { command: ELSEWHERE, because: 'the machine has no host 1' },
    { command: NO_RATE, because: 'it asks for no rate' },
    { command: host(11_001n), because: 'the host refuses such a tick' },
    { command: host(8_999n), because: 'the host refuses such a tick' },
  ])('means nothing where $because', ({ command, because }) => {
    expect(ofKind(played([command]), 'skipped')).toMatchObject([{ because }]);
  });

  test('leaves a VM on another host alone, and one whose device is its own', () => {
    const plain = eventsOf(referenceGuest(), schedule([FAST, ARM, IDLE, elapse(20_000_000n)]));
    expect(firedNs(plain)).toEqual([DEADLINE]);
    expect(ofKind(plain, 'deadline-written')).toEqual([]);
    const [first] = machine().hosts;
    if (first === undefined) return;
    const two = emulated(
      { ...machine(), hosts: [first, first] },
      { by: 'hrtimer', early: 'inject' },
    );
    const other: Command = {
      ...FAST,
      kind: 'host-adjtimex',
      actor: { host: 1 },
      timex: { modes: 0x4000, tick: 11_000n },
    };
    expect(
      interrupts(
        eventsOf(referenceGuest(), schedule([other, ARM, IDLE, elapse(20_000_000n)], two)),
      ),
    ).toEqual([DEADLINE]);
  });
});
