import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { Monitor, Property } from '../../src/contract/property.js';
import { Judge } from '../../src/runner/judge.js';
import { judgeEvents } from '../../src/runner/play.js';
import { machine, VCPU0 } from '../schedules.js';
import { neverTested, showsTrueTime } from './toy.js';

const on = machine();
const premises = { machine: on, declared: on.declared, strict: new Set<never>() };

function read(ns: bigint, atNs: bigint): Event {
  return {
    kind: 'clock-read',
    actor: VCPU0,
    incarnation: 0,
    earliestNs: atNs,
    latestNs: atNs,
    clock: 'CLOCK_MONOTONIC',
    via: 'syscall',
    ns,
    counter: null,
  };
}

describe('the judge', () => {
  test('counts what held, and calls untested what nothing tested', () => {
    expect(
      judgeEvents([read(1n, 1n), read(2n, 2n)], [showsTrueTime, neverTested], premises),
    ).toEqual([{ kind: 'holds', witnesses: 2 }, { kind: 'vacuous' }]);
  });

  test('keeps the first violation and asks no further', () => {
    const [verdict] = judgeEvents(
      [read(1n, 1n), read(1n, 2n), read(9n, 3n)],
      [showsTrueTime],
      premises,
    );
    expect(verdict).toMatchObject({
      kind: 'violated',
      witnesses: 1,
      violation: { expected: '2 ns' },
    });
  });

  test('asks at the end for what is still owed', () => {
    const owes: Property = {
      ...neverTested,
      monitor: () => ({ end: () => ({ expected: 'a timer', observed: 'none', evidence: [] }) }),
    };
    expect(judgeEvents([], [owes], premises)).toMatchObject([{ kind: 'violated' }]);
  });

  test('shows no event to a law that does not ask for its kind', () => {
    const judge = new Judge([neverTested], premises);
    judge.observe(read(1n, 2n));
    expect(judge.verdicts()).toEqual([{ kind: 'vacuous' }]);
  });

  test('shows an event once to what laws lean on, before them and after their violations', () => {
    const told: string[] = [];
    const law = (name: string, shared: Monitor): Property => ({
      ...neverTested,
      monitor: () => ({
        leansOn: shared,
        'clock-read': (event) => {
          told.push(`${name} ${event.ns}`);
          return { expected: 'nothing', observed: 'a read', evidence: [event] };
        },
      }),
    });
    const shared: Monitor = {
      'clock-read': (event) => {
        told.push(`shared ${event.ns}`);
        return 'held';
      },
    };
    const verdicts = judgeEvents(
      [read(1n, 1n), read(2n, 2n)],
      [law('a', shared), law('b', shared)],
      premises,
    );
    expect(told).toEqual(['shared 1', 'a 1', 'b 1', 'shared 2']);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['violated', 'violated']);
  });

  test('shows no event to a law that is deaf to its kind', () => {
    const law: Property = {
      ...neverTested,
      monitor: () => ({ 'clock-read': () => 'held', deafTo: new Set(['clock-read'] as const) }),
    };
    expect(judgeEvents([read(1n, 1n)], [law], premises)).toEqual([{ kind: 'vacuous' }]);
  });
});
