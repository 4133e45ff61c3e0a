import { describe, expect, test } from 'vitest';
import { PLAIN_SCENE, type Scene } from '../../src/contract/catalogue.js';
import { DAEMONS, type DaemonSpec } from '../../src/contract/consumer.js';
import type { Event, EventOf } from '../../src/contract/event.js';
import type { Command, VmmActor } from '../../src/contract/schedule.js';
import { sceneMachine } from '../../src/generators/scene.js';
import type { Design } from '../../src/model/designs/design.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { referenceGuest } from '../../src/model/reference.js';

const SEC = 1_000_000_000n;
const VMM: VmmActor = { vm: 0, task: 'vmm' };

function designOf(name: string): Design {
  const found = DESIGNS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

function played(name: string, scene: Partial<Scene>, commands: readonly Command[]): Event[] {
  const base = designOf(name);
  const machine = sceneMachine({ ...base, scene: { ...PLAIN_SCENE, ...base.scene, ...scene } });
  const events: Event[] = [];
  referenceGuest().run({ machine, commands }, (event) => events.push(event));
  return events;
}

const of = <K extends Event['kind']>(events: readonly Event[], kind: K): EventOf<K>[] =>
  events.filter((event): event is EventOf<K> => event.kind === kind);

const POLL: Command = { kind: 'daemon-poll', actor: { vm: 0, task: 'daemon' }, on: 0 };
const wait = (ns: bigint): Command => ({ kind: 'elapse', ns });
const PAUSE: Command = { kind: 'vm-pause', actor: VMM };
const RESUME: Command = { kind: 'vm-resume', actor: VMM };
const stop = (ns: bigint): readonly Command[] => [PAUSE, wait(ns), RESUME];

// laws.md, "Daemon". Under counters-stop the clock is behind by the stop, and nobody is told.
describe('a time daemon that was told nothing', () => {
  const didAfter = (daemon: DaemonSpec, ns: bigint, polls = 1): string | undefined => {
    const before = Array.from({ length: polls }, () => POLL);
    const events = played('counters-stop', { daemon }, [...before, ...stop(ns), POLL]);
    return of(events, 'daemon-polled').at(-1)?.did;
  };

  test('chrony steps beyond a second in its first three polls, and slews later', () => {
    expect(didAfter(DAEMONS.chrony, 2n * SEC)).toBe('step');
    expect(didAfter(DAEMONS.chrony, SEC)).toBe('slew');
    expect(didAfter(DAEMONS.chrony, 2n * SEC, 3)).toBe('slew');
  });

  test('ntpd slews, and gives up beyond a thousand seconds', () => {
    expect(didAfter(DAEMONS.ntpd, 2n * SEC)).toBe('slew');
    expect(didAfter(DAEMONS.ntpd, 1_000n * SEC)).toBe('slew');
    expect(didAfter(DAEMONS.ntpd, 1_001n * SEC)).toBe('panic');
  });

  test('timesyncd slews', () => {
    expect(didAfter(DAEMONS.timesyncd, 60n * SEC)).toBe('slew');
  });

  test('reports a bound that leaves the stop out', () => {
    const { ntpd: daemon } = DAEMONS;
    const events = played('counters-stop', { daemon }, [POLL, ...stop(60n * SEC), POLL]);
    expect(of(events, 'daemon-polled').at(-1)?.believedErrorNs).toBe(0n);
  });
});

// A freeze clears NTP's state and wakes who waits for the clock to be set.
describe('a guest that froze', () => {
  test('tells its daemon by STA_UNSYNC and by the wake-up', () => {
    const events = played('cooperative-freeze', {}, [POLL, ...stop(60n * SEC), POLL]);
    const [before, after] = of(events, 'daemon-polled');
    expect(after?.signs).toMatchObject({ unsync: 1n, freeze: 1n });
    expect(after?.signs['cancel-on-set']).toBeGreaterThan(before?.signs['cancel-on-set'] ?? 0n);
    expect(after?.realtimeNs).toBe(after?.sourceNs);
  });
});

// laws.md, "Watchdog": thresholds of 20, 21 and 120 s, and a lease of 10 s.
describe('watchdogs after a stop of a minute', () => {
  const fired = (design: string, watchdog: 'softlockup' | 'rcu-stall' | 'hung-task' | 'lease') => {
    const check: Command = { kind: 'check-watchdog', actor: { vm: 0, vcpu: 0 }, watchdog };
    const [checked] = of(played(design, {}, [...stop(60n * SEC), check]), 'watchdog-checked');
    return { fired: checked?.fired, forgave: checked?.forgave };
  };

  test('where counters run on and no flag is set, each fires whose threshold the stop exceeds', () => {
    expect(fired('counters-run-on', 'softlockup').fired).toBe(true);
    expect(fired('counters-run-on', 'rcu-stall').fired).toBe(true);
    expect(fired('counters-run-on', 'hung-task').fired).toBe(false);
    expect(fired('counters-run-on', 'lease').fired).toBe(true);
  });

  test('PVCLOCK_GUEST_STOPPED calms those of the kernel, and no lease', () => {
    for (const watchdog of ['softlockup', 'rcu-stall', 'hung-task'] as const) {
      expect(fired('qemu-stop-cont-tsc', watchdog)).toEqual({ fired: false, forgave: true });
    }
    expect(fired('qemu-stop-cont-tsc', 'lease')).toEqual({ fired: true, forgave: false });
  });
});

describe('an application', () => {
  const TAKE: Command = { kind: 'take-timestamp', actor: { vm: 0, task: 'application' }, on: 0 };
  const USE: Command = { kind: 'use-timestamp', actor: { vm: 0, task: 'application' }, on: 1 };

  test('uses the stamp that it took, and sees the signs of then and now', () => {
    const events = played('cooperative-freeze', {}, [wait(SEC), TAKE, ...stop(SEC), USE]);
    const [taken] = of(events, 'timestamp-taken');
    const [used] = of(events, 'timestamp-used');
    expect(used).toMatchObject({ on: 1, realtimeNs: taken?.realtimeNs });
    expect(used?.signs.freeze).toBe((taken?.signs.freeze ?? 0n) + 1n);
  });

  test('has nothing to use before it took one', () => {
    const [skipped] = of(played('cooperative-freeze', {}, [USE]), 'skipped');
    expect(skipped?.because).toBe('it has taken no time stamp');
  });
});
