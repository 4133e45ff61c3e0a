import { describe, expect, test } from 'vitest';
import { stopIsToldWithItsLength } from '../../src/properties/stop-is-told-with-its-length.js';
import { HostStory } from './host-events.js';
import { type Setup, summary, verdictOf } from './premises.js';

const MINUTE = 60_000_000_000n;
/** q of a pair of instants, and what the design declares of a stop: 1 ns. */
const EPS = 3n;

const judge = (story: HostStory, setup: Setup = {}): string =>
  summary(verdictOf(stopIsToldWithItsLength, { vcpus: 2, ...setup }, story.events));

/** Booted, by a host that tells of its steps, and stopped from 100 ns on for so long. */
const stopped = (ns = MINUTE): HostStory =>
  new HostStory()
    .boot(2)
    .take('pause-vcpu 0', 'pause-vcpu 1')
    .at(100n)
    .stop(0, 1)
    .at(100n + ns)
    .start(0, 1);
/** Frozen at 100 ns; the host stops it at 150 ns, for a minute, and thaws it 50 ns later. */
const frozen = (): HostStory =>
  new HostStory()
    .boot(2)
    .take('notify-guest freeze')
    .at(100n)
    .request()
    .suspend()
    .acknowledge()
    .at(150n)
    .stop(0, 1)
    .at(150n + MINUTE)
    .start(0, 1)
    .at(200n + MINUTE);

describe('stop-is-told-with-its-length', () => {
  test('a guest that reads nothing was told nothing', () => {
    expect(judge(stopped().handled())).toBe('violated: it was told nothing');
  });

  test('the number it reads grew by the length of the stop', () => {
    expect(judge(stopped().told(MINUTE).handled())).toBe('holds 1');
    expect(judge(stopped().told(MINUTE, 'drift-page').handled())).toBe('holds 1');
  });

  test('within eps, to either side', () => {
    expect(
      judge(
        stopped()
          .told(MINUTE + EPS)
          .handled(),
      ),
    ).toBe('holds 1');
    expect(
      judge(
        stopped()
          .told(MINUTE - EPS)
          .handled(),
      ),
    ).toBe('holds 1');
    const over = MINUTE + EPS + 1n;
    const under = MINUTE - EPS - 1n;
    expect(judge(stopped().told(over).handled())).toBe(`violated: it was told of ${over} ns`);
    expect(judge(stopped().told(under).handled())).toBe(`violated: it was told of ${under} ns`);
  });

  test('by the time that it has settled', () => {
    expect(judge(stopped().handled().told(MINUTE))).toBe('violated: it was told nothing');
    expect(judge(stopped().told(MINUTE))).toBe('vacuous');
    // Handled before the second vCPU has started: settled as that starts.
    const late = new HostStory().boot(2).stop(0, 1).at(MINUTE).start(0).handled();
    expect(judge(late.told(MINUTE).start(1))).toBe('holds 1');
  });

  test('a stop that does not settle in the time that is declared breaks it', () => {
    const held = (ns: bigint): HostStory =>
      stopped()
        .at(100n + MINUTE + ns)
        .told(MINUTE);
    expect(judge(held(1_000_000_000n).handled())).toBe('holds 1');
    expect(judge(held(1_000_000_001n).handled())).toMatch('violated: not settled after');
  });

  test('counts anew from what it was told before', () => {
    const again = (ns: bigint): HostStory =>
      stopped()
        .told(MINUTE)
        .handled()
        .at(2n * MINUTE)
        .stop(0, 1)
        .at(3n * MINUTE)
        .start(0, 1)
        .told(ns);
    expect(judge(again(2n * MINUTE).handled())).toBe('holds 2');
    expect(judge(again(MINUTE).handled())).toBe('violated: it was told nothing');
  });

  test('two stops of which the first does not settle are told as one', () => {
    const both = (ns: bigint): HostStory =>
      stopped()
        .stop(0, 1)
        .at(100n + 2n * MINUTE)
        .start(0, 1)
        .told(ns)
        .handled();
    expect(judge(both(2n * MINUTE))).toBe('holds 1');
    expect(judge(both(2n * MINUTE + 4n))).toBe('holds 1');
    expect(judge(both(2n * MINUTE + 5n))).toMatch('violated');
    expect(judge(both(MINUTE))).toMatch('violated');
  });

  test('a freeze is away from the suspend to the resume', () => {
    const told = (ns: bigint): HostStory => frozen().told(ns, 'freeze').resume().thaw().handled();
    expect(judge(told(MINUTE + 100n))).toBe('holds 1');
    expect(judge(told(MINUTE))).toMatch('violated');
  });

  test('a sleep of the guest itself is nothing to tell it of, with or without a stop in it', () => {
    const asleep = (): HostStory => new HostStory().boot(2).take('pause-vcpu 0').suspend();
    const woken = (story: HostStory): HostStory => story.at(2n * MINUTE).resume();
    expect(judge(woken(asleep()).handled())).toBe('vacuous');
    const within = asleep().at(1n).stop(0, 1).at(MINUTE).start(0, 1).handled();
    expect(judge(woken(within))).toBe('vacuous');
  });

  test('proves nothing where there was no time away', () => {
    expect(judge(stopped(EPS).handled())).toBe('vacuous');
    expect(judge(stopped(EPS + 1n).handled())).toMatch('violated');
    const partly = new HostStory().boot(2).take('pause-vcpu 0').stop(0).at(MINUTE).start(0);
    expect(judge(partly.handled())).toBe('vacuous');
  });

  test('a restored life was away since its snapshot, and goes on with what it was told', () => {
    const restored = (ns: bigint): HostStory =>
      stopped()
        .told(MINUTE)
        .handled()
        .save(0)
        .at(100n + 3n * MINUTE)
        .restore(0, 1)
        .start(0, 1)
        .told(ns)
        .handled();
    expect(judge(restored(3n * MINUTE))).toBe('holds 2');
    expect(judge(restored(MINUTE))).toBe('violated: it was told nothing');
  });

  test('of recorded stops any length that they may have had', () => {
    const recorded = (ns: bigint): HostStory =>
      new HostStory()
        .boot(2)
        .at(100n, 200n)
        .stop(0, 1)
        .at(MINUTE + 100n, MINUTE + 200n)
        .start(0, 1)
        .told(ns)
        .handled();
    expect(judge(recorded(MINUTE - 100n - EPS))).toBe('holds 1');
    expect(judge(recorded(MINUTE + 100n + EPS))).toBe('holds 1');
    expect(judge(recorded(MINUTE - 100n - EPS - 1n))).toMatch('violated');
    expect(judge(recorded(MINUTE + 100n + EPS + 1n))).toMatch('violated');
  });

  test('needs a subject that would tell, and a counter that true time is bound to', () => {
    const silent = new HostStory().boot(2).stop(0, 1).at(MINUTE).start(0, 1).handled();
    expect(judge(silent)).toBe('vacuous');
    expect(judge(stopped().handled(), { declared: { counterPpb: null } })).toBe('vacuous');
  });
});
