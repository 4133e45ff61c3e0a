import { describe, expect, test } from 'vitest';
import { elapse, hold, PAUSE, played, RESUME, SEC, sample, V0, V1, VMM } from './designs/around.js';

const MINUTE = 60n * SEC;

describe('a page of stopped time on Arm', () => {
  test('is read, and nothing else done, where the guest keeps the jump', () => {
    const run = played('shared-drift-page', [PAUSE, elapse(MINUTE), RESUME, sample(V0)]);
    expect(run.sample(0).monotonicNs).toBe(MINUTE);
    expect(run.sample(0).boottimeNs).toBe(MINUTE);
    expect(run.of('stopped-time-read').map(({ totalNs }) => totalNs)).toEqual([MINUTE, MINUTE]);
  });

  test('is subtracted in the handler, which is too late for who has read', () => {
    const run = played('shared-drift-page-guest-subtracts', [
      elapse(SEC),
      hold(V0, 10n),
      hold(V1, 10n),
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V0),
      elapse(20n),
      sample(V0),
    ]);
    expect(run.sample(0).monotonicNs).toBe(61n * SEC);
    expect(run.sample(1).monotonicNs).toBe(SEC + 20n);
    expect(run.sample(1).boottimeNs).toBe(61n * SEC + 20n);
    expect(run.sample(1).realtimeNs).toBe(run.sample(0).realtimeNs + 20n);
  });

  test('takes no more from MONOTONIC than it has', () => {
    const run = played('shared-drift-page-guest-subtracts', [
      { kind: 'adjtimex', actor: V0, timex: { modes: 2, freq: -6_553_600n } },
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V0),
    ]);
    expect(run.sample(0).monotonicNs).toBe(0n);
  });

  test('is injected by the one vCPU that is interrupted, where the VMM stops the counter', () => {
    const run = played('shared-drift-page-counter-stopped', [
      elapse(SEC),
      PAUSE,
      elapse(MINUTE),
      { kind: 'vm-resume', actor: VMM, stopAfter: 4 },
      sample(V1),
      { kind: 'continue', actor: VMM },
      sample(V1),
    ]);
    expect(run.sample(0).boottimeNs).toBe(SEC);
    expect(run.sample(1).boottimeNs).toBe(61n * SEC);
    expect(run.sample(1).monotonicNs).toBe(SEC);
  });
});

describe('an NMI before the first instruction', () => {
  test('queues work that sets REALTIME to the host’s', () => {
    const run = played('nmi-fix-up-realtime', [
      elapse(SEC),
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V1),
    ]);
    expect(run.sample(0).monotonicNs).toBe(SEC);
    expect(run.sample(0).realtimeNs).toBe((1_700_002_800n + 61n) * SEC);
    expect(run.of('clock-set').map(({ byDesign }) => byDesign)).toEqual([true]);
  });

  test('queues it for after a section with interrupts off, though it came before', () => {
    const run = played('nmi-fix-up-realtime', [
      hold(V0, 10n),
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V0),
      elapse(20n),
      sample(V0),
    ]);
    expect(run.sample(0).realtimeNs).toBe(1_700_002_800n * SEC);
    expect(run.sample(1).realtimeNs).toBe((1_700_002_800n + 60n) * SEC + 20n);
  });

  test('may move MONOTONIC instead, and tells no device', () => {
    const run = played('nmi-fix-up-monotonic', [
      elapse(SEC),
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V1),
    ]);
    expect(run.sample(0).monotonicNs).toBe(61n * SEC);
    expect(run.sample(0).boottimeNs).toBe(61n * SEC);
  });

  test('may not write to the timekeeper itself: the next tick takes it back', () => {
    const run = played('nmi-fix-up-in-nmi', [
      elapse(SEC),
      PAUSE,
      elapse(MINUTE),
      RESUME,
      sample(V0),
      { kind: 'tick', actor: V0 },
      sample(V0),
    ]);
    expect(run.sample(0).monotonicNs).toBe(61n * SEC);
    expect(run.sample(1).monotonicNs).toBe(SEC);
  });
});

describe('an agent', () => {
  const agent = { kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: 0 } as const;
  const beforeIt = [
    agent,
    PAUSE,
    elapse(MINUTE),
    { kind: 'vm-resume', actor: VMM, stopAfter: 6 },
    agent,
    { kind: 'continue', actor: VMM },
    agent,
  ] as const;

  test('sets REALTIME, and whoever waits for that is told', () => {
    const run = played('agent-steps-realtime-first', [agent, PAUSE, elapse(MINUTE), RESUME, agent]);
    const [before, after] = run.of('daemon-polled');
    expect(after?.realtimeNs).toBe((1_700_002_800n + 60n) * SEC);
    expect(after?.signs['cancel-on-set']).toBe((before?.signs['cancel-on-set'] ?? 0n) + 1n);
  });

  test('comes first where the time daemon waits for it', () => {
    expect(played('agent-steps-realtime-first', beforeIt).of('daemon-polled')).toHaveLength(2);
  });

  test('else the daemon may look before it, and is told nothing', () => {
    const [before, between] = played('agent-steps-realtime-later', beforeIt).of('daemon-polled');
    expect(between?.signs).toEqual({ ...before?.signs, unsync: 0n });
    expect(between?.realtimeNs).toBe(1_700_002_800n * SEC);
  });
});
