import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import { timeline } from '../../src/report/timeline.js';
import { eventWords } from '../../src/report/words.js';
import { stamp } from './examples.js';

const vcpu = { actor: { vm: 0, vcpu: 0 }, ...stamp(1n) };
const vmm = { actor: { vm: 0, task: 'vmm' }, ...stamp(1n) } as const;

const SNAPSHOT: Event = {
  kind: 'snapshot-taken',
  ...vcpu,
  counter: 1n,
  monotonicNs: 1n,
  rawNs: 2n,
  boottimeNs: 3n,
  realtimeNs: 4n,
  taiNs: 5n,
  mult: 6n,
};
const SET: Event = { kind: 'clock-set', ...vcpu, sec: 1n, nsec: 0n, ret: 0, stepNs: -1n };
const ADJUSTED: Event = {
  kind: 'ntp-adjusted',
  ...vcpu,
  timex: { modes: 2, freq: 1n },
  ret: 0,
  freq: 1n,
  tick: 10_000n,
  status: 0,
  constant: 0n,
  offset: 0n,
};
const FIRED: Event = {
  kind: 'timer-fired',
  ...vcpu,
  timer: 1,
  clock: 'CLOCK_TAI',
  comparedNs: 5n,
  readNs: null,
  expirations: 1n,
};

const WORDS: readonly (readonly [Event, string, string | null])[] = [
  [
    {
      kind: 'clock-read',
      ...vcpu,
      clock: 'CLOCK_TAI',
      via: 'nmi',
      ns: 7n,
      counter: null,
    },
    'read CLOCK_TAI (nmi)',
    '0.000000007 s',
  ],
  [SNAPSHOT, 'snapshot CLOCK_MONOTONIC', '0.000000001 s'],
  [SET, 'clock_settime, step', '-0.000000001 s'],
  [{ ...SET, ret: -22 }, 'clock_settime fails, -22', null],
  [ADJUSTED, 'adjtimex ADJ_FREQUENCY freq=1', null],
  [{ ...ADJUSTED, ret: -1 }, 'adjtimex ADJ_FREQUENCY freq=1 fails, -1', null],
  [{ kind: 'tick-sampled', ...vcpu, counter: 1n, mult: 1n }, 'tick samples the counter', null],
  [
    { kind: 'tick-published', ...vcpu, counter: 1n, mult: 9n, cycleLast: 1n },
    'tick publishes mult 9',
    null,
  ],
  [
    {
      kind: 'timer-armed',
      ...vcpu,
      timer: 1,
      clock: 'CLOCK_TAI',
      expiresNs: 5n,
      slackNs: 0n,
      intervalNs: 0n,
    },
    'arm timer 1 on CLOCK_TAI',
    '0.000000005 s',
  ],
  [{ kind: 'timer-cancelled', ...vcpu, timer: 1 }, 'cancel timer 1', null],
  [FIRED, 'timer 1 fires on CLOCK_TAI', '0.000000005 s'],
  [{ ...FIRED, comparedNs: null }, 'timer 1 fires on CLOCK_TAI', null],
  [{ kind: 'guest-suspended', ...vcpu }, 'guest suspended', null],
  [{ kind: 'guest-resumed', ...vcpu }, 'guest resumed', null],
  [{ kind: 'booted', ...vmm, host: 1 }, 'boot on host 1', null],
  [{ kind: 'vcpu-started', ...vcpu }, 'runs', null],
  [{ kind: 'vcpu-stopped', ...vcpu }, 'stopped', null],
  [{ kind: 'stop-handled', ...vmm }, 'stop handled', null],
  [{ kind: 'vm-saved', ...vmm, snapshot: 1 }, 'snapshot 1 saved', null],
  [{ kind: 'vm-restored', ...vmm, snapshot: 1 }, 'snapshot 1 restored', null],
  [{ kind: 'vm-migrated', ...vmm, from: 0, to: 1 }, 'moved to host 1', null],
  [{ kind: 'host-step-taken', ...vmm, step: 'await-ack' }, 'await-ack', null],
  [
    { kind: 'reader-accepted', ...vcpu, program: 'seqcount', words: ['a', 'b'], versions: [1] },
    'seqcount accepts a v1, b v?',
    null,
  ],
  [
    { kind: 'reader-waited', ...vcpu, program: 'seqcount', because: 'no writer can go on' },
    'seqcount waits: no writer can go on',
    null,
  ],
  [
    { kind: 'skipped', ...vcpu, command: 2, because: 'it is stopped' },
    'command 3 skipped: it is stopped',
    null,
  ],
];

describe('words', () => {
  test.each(WORDS)('%o is said in words', (event, text, value) => {
    const words = eventWords(event);
    expect([words.text, words.value]).toEqual([text, value]);
  });

  test('a snapshot that is evidence shows all its clocks', () => {
    const text = timeline([SNAPSHOT], [SNAPSHOT], { columns: 80, rich: false }).join('\n');
    for (const clock of ['MONOTONIC_RAW', 'BOOTTIME', 'REALTIME', 'TAI']) {
      expect(text).toContain(`CLOCK_${clock} `);
    }
  });

  test('hosts and tasks inside the guest have lanes too', () => {
    const skipped: Event = {
      kind: 'skipped',
      actor: { host: 1 },
      ...stamp(0n),
      command: 0,
      because: 'x',
    };
    const agent: Event = { ...skipped, actor: { vm: 0, task: 'agent' } };
    const lines = timeline([skipped, agent], [], { columns: 100, rich: false });
    expect(lines[0]).toMatch(/host 1.*agent|agent.*host 1/);
  });
});
