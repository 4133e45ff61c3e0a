import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/contract/event.js';
import type { SyncSubject } from '../../src/contract/subject.js';
import { referenceGuest } from '../../src/model/reference.js';
import { snapshotAgreesWithLinux as pair } from '../../src/properties/snapshot-agrees-with-linux.js';
import { comparedWith } from '../../src/runner/pair.js';
import { judgeEvents } from '../../src/runner/play.js';
import { elapse, eventsOf, schedule, VCPU0, VCPU1 } from '../schedules.js';
import { Story } from './events.js';

const one = (ns: bigint): readonly Event[] => new Story().at(5n).monotonic(0, ns).events;

describe('snapshot-agrees-with-linux', () => {
  test('the same reads agree', () => {
    expect(pair.compare(one(7n), one(7n))).toBe('held');
    const sample = new Story().snapshot(0, { monotonicNs: 7n }).events;
    expect(pair.compare(sample, sample)).toBe('held');
  });

  test('a read that differs in the last bit is a violation', () => {
    expect(pair.compare(one(8n), one(7n))).toMatchObject({
      observed: '8 ns on vCPU 0: 1 ns off',
      evidence: [{ kind: 'clock-read', ns: 8n }],
    });
    const sample = (taiNs: bigint) => new Story().snapshot(0, { taiNs }).events;
    expect(pair.compare(sample(8n), sample(7n))).toMatchObject({
      observed: '8 ns on vCPU 0: 1 ns off',
    });
  });

  test('equal reads of one instant are compared in their order', () => {
    const two = (first: bigint, second: bigint) =>
      new Story().at(5n).monotonic(0, first).monotonic(0, second).events;
    expect(pair.compare(two(1n, 2n), two(1n, 2n))).toBe('held');
    expect(pair.compare(two(2n, 1n), two(1n, 2n))).not.toBe('held');
  });

  test('what only one of them reads shows nothing', () => {
    expect(pair.compare(one(8n), [])).toBeUndefined();
    expect(pair.compare([], one(8n))).toBeUndefined();
    const other = new Story().at(5n).monotonic(1, 7n).events;
    expect(pair.compare(one(8n), other)).toBeUndefined();
  });
});

describe('comparedWith', () => {
  const law = comparedWith(referenceGuest(), pair);
  const played = schedule([
    elapse(1_000n),
    { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    { kind: 'snapshot', actor: VCPU1 },
  ]);
  const verdict = (subject: SyncSubject, isRecording = false) => {
    const { machine } = played;
    const premises = { machine, declared: machine.declared, strict: new Set<never>() };
    const known = isRecording ? premises : { ...premises, schedule: played };
    return judgeEvents(eventsOf(subject, played), [law], known)[0]?.kind;
  };
  const late: SyncSubject = {
    mode: 'sync',
    name: 'late',
    run: (of, emit) =>
      referenceGuest().run(of, (event) =>
        emit(event.kind === 'clock-read' ? { ...event, ns: event.ns - 1n } : event),
      ),
  };

  test('plays the schedule again on the other subject, and compares', () => {
    expect(verdict(referenceGuest())).toBe('holds');
    expect(verdict(late)).toBe('violated');
  });

  test('has nothing to play for a recording', () => {
    expect(verdict(late, true)).toBe('vacuous');
  });
});
