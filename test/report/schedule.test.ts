import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/contract/schedule.js';
import { commandLine, scheduleLines } from '../../src/report/schedule.js';

const vcpu = { vm: 0, vcpu: 1 };
const vmm = { vm: 0, task: 'vmm' } as const;

const LINES: readonly (readonly [Command, string])[] = [
  [{ kind: 'elapse', ns: 1_500_000n }, 'elapse 1.5 ms'],
  [
    { kind: 'read', actor: vcpu, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    'vcpu 1: read CLOCK_MONOTONIC',
  ],
  [
    { kind: 'read', actor: { vm: 1, vcpu: 0 }, clock: 'CLOCK_TAI', via: 'vdso', stopAfter: 2 },
    'vm 1 vcpu 0: read CLOCK_TAI (vdso), stopped after 2 steps',
  ],
  [{ kind: 'snapshot', actor: vcpu }, 'vcpu 1: ktime_get_snapshot'],
  [{ kind: 'tick', actor: vcpu, stopAfter: 1 }, 'vcpu 1: tick, stopped after 1 step'],
  [
    { kind: 'settime', actor: vcpu, sec: -1n, nsec: 5n },
    'vcpu 1: clock_settime CLOCK_REALTIME -1 s 5 ns',
  ],
  [
    { kind: 'adjtimex', actor: vcpu, timex: { modes: 0x4002, freq: 65536n, tick: 9900n } },
    'vcpu 1: adjtimex ADJ_FREQUENCY|ADJ_TICK freq=65536 tick=9900',
  ],
  [{ kind: 'adjtimex', actor: vcpu, timex: { modes: 0 } }, 'vcpu 1: adjtimex read only'],
  [
    { kind: 'adjtimex', actor: vcpu, timex: { modes: 0x8001, offset: 5n } },
    'vcpu 1: adjtimex ADJ_OFFSET_SINGLESHOT offset=5',
  ],
  [
    { kind: 'adjtimex', actor: vcpu, timex: { modes: 0xa001 } },
    'vcpu 1: adjtimex ADJ_OFFSET_SS_READ',
  ],
  [{ kind: 'adjtimex', actor: vcpu, timex: { modes: 0x0800 } }, 'vcpu 1: adjtimex 0x800'],
  [
    {
      kind: 'arm',
      actor: vcpu,
      timer: 3,
      clock: 'CLOCK_BOOTTIME',
      expiresNs: 5_000_000n,
      relative: true,
      slackNs: 50_000n,
    },
    'vcpu 1: arm timer 3 on CLOCK_BOOTTIME in 5 ms, slack 50 us',
  ],
  [
    {
      kind: 'arm',
      actor: vcpu,
      timer: 3,
      clock: 'CLOCK_REALTIME',
      expiresNs: 5_000_000_000n,
      relative: false,
      slackNs: 0n,
    },
    'vcpu 1: arm timer 3 on CLOCK_REALTIME at 5.000000000 s',
  ],
  [{ kind: 'cancel', actor: vcpu, timer: 3 }, 'vcpu 1: cancel timer 3'],
  [{ kind: 'guest-suspend', actor: vcpu }, 'vcpu 1: guest-suspend'],
  [{ kind: 'vm-pause', actor: vmm }, 'vmm: vm-pause'],
  [{ kind: 'vm-save', actor: vmm, snapshot: 2 }, 'vmm: vm-save snapshot 2'],
  [
    { kind: 'vm-restore', actor: vmm, snapshot: 2, stopAfter: 3 },
    'vmm: vm-restore snapshot 2, stopped after 3 steps',
  ],
  [{ kind: 'vm-migrate', actor: vmm, to: 1 }, 'vmm: vm-migrate to host 1'],
  [{ kind: 'continue', actor: vmm }, 'vmm: continue'],
  [{ kind: 'continue', actor: vcpu, steps: 1 }, 'vcpu 1: continue for 1 step'],
];

describe('schedule', () => {
  test.each(LINES)('%o reads as a line of a log', (command, line) => {
    expect(commandLine(command)).toBe(line);
  });

  test('a schedule is one line a command', () => {
    expect(
      scheduleLines([
        { kind: 'elapse', ns: 1n },
        { kind: 'vm-pause', actor: vmm },
      ]),
    ).toEqual(['elapse 1 ns', 'vmm: vm-pause']);
  });
});
