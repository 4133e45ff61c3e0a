import { describe, expect, test } from 'vitest';
import type { Property } from '../../src/contract/property.js';
import type { Command } from '../../src/contract/schedule.js';
import { referenceGuest } from '../../src/model/reference.js';
import { LAWS } from '../../src/properties/index.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { monotonicNeverDecreases } from '../../src/properties/monotonic-never-decreases.js';
import { Judge } from '../../src/runner/judge.js';
import { judgeEvents } from '../../src/runner/play.js';
import { elapse, eventsOf, machine, schedule, VCPU0, VMM } from '../schedules.js';
import { Story } from './events.js';

const on = machine('counters-run-on');
const premises = { machine: on, declared: on.declared, strict: new Set<never>() };

const READ: Command = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' };
const TICK: Command = { kind: 'tick', actor: VCPU0 };

/** With every kind of event that changes circumstances, on two lives. */
const events = eventsOf(
  referenceGuest(),
  schedule(
    [
      READ,
      elapse(4_000_000n),
      TICK,
      { kind: 'vm-save', actor: VMM, snapshot: 0 },
      elapse(5_000n),
      { kind: 'settime', actor: VCPU0, sec: 1_700_000_100n, nsec: 0n },
      { kind: 'guest-suspend', actor: VCPU0 },
      { kind: 'vm-restore', actor: VMM, snapshot: 0 },
      READ,
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x2, freq: 32_768_000n } },
      elapse(4_000_000n),
      TICK,
      READ,
      { kind: 'snapshot', actor: VCPU0 },
    ],
    on,
  ),
);

function backwards(): Story {
  return new Story()
    .at(0n)
    .boot(2)
    .at(10n)
    .read(0, 'CLOCK_MONOTONIC', 10n)
    .at(20n)
    .read(0, 'CLOCK_MONOTONIC', 5n);
}

describe('laws that lean on one chronicle', () => {
  test('judge as each does alone', () => {
    const alone = LAWS.map((law) => judgeEvents(events, [law], premises)[0]);
    expect(judgeEvents(events, LAWS, premises)).toEqual(alone);
    expect(alone.map((verdict) => verdict?.kind)).toContain('holds');
  });

  test('go on where one of them is broken', () => {
    const laws: readonly Property[] = [monotonicNeverDecreases, monotonicKeepsMoving];
    const story = backwards().at(30n).read(0, 'CLOCK_MONOTONIC', 30n);
    const [first, second] = judgeEvents(story.events, laws, premises);
    expect(first).toMatchObject({ violation: { observed: '5 ns on vCPU 0: 5 ns back' } });
    expect(second).toEqual(judgeEvents(story.events, [monotonicKeepsMoving], premises)[0]);
  });

  test('keep two runs with the same premises apart, also where they are shown in turns', () => {
    const judges = [new Judge(LAWS, premises), new Judge(LAWS, premises)];
    const runs = [events, backwards().events];
    for (let at = 0; at < events.length; at++) {
      judges.forEach((judge, run) => {
        const event = runs[run]?.[at];
        if (event !== undefined) judge.observe(event);
      });
    }
    const apart = runs.map((run) => judgeEvents(run, LAWS, premises));
    expect(judges.map((judge) => judge.verdicts())).toEqual(apart);
  });
});
