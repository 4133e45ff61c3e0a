import { describe, expect, test } from 'vitest';
import { deadlineInterruptIsNeverLost } from '../../src/properties/deadline-interrupt-is-never-lost.js';
import { Story } from './events.js';
import { type Setup, summary, verdictOf } from './premises.js';

function judge(story: Story, setup: Setup = {}): string {
  return summary(verdictOf(deadlineInterruptIsNeverLost, setup, story.events));
}

/** At 100 ns, where the counter shows 100, a deadline 1000 cycles on. */
const written = (vcpus = 1): Story => new Story().boot(vcpus).at(100n).deadline(0, 1_100n, 100n);

describe('deadline-interrupt-is-never-lost, where a vCPU goes to sleep', () => {
  test('holds with a timer of the host armed, or an interrupt pending', () => {
    expect(judge(written().block(0, true))).toBe('holds 1');
    expect(judge(written().block(0, false, true))).toBe('holds 1');
  });

  test('is broken with neither, and the write is the evidence', () => {
    const verdict = verdictOf(deadlineInterruptIsNeverLost, {}, written().block(0, false).events);
    expect(summary(verdict)).toBe('violated: its thread went to sleep with neither');
    expect(verdict).toMatchObject({
      violation: { evidence: [{ kind: 'deadline-written' }, { kind: 'vcpu-blocked' }] },
    });
  });

  test('says nothing where no deadline is owed: never written, disarmed, or its interrupt was given', () => {
    expect(judge(new Story().boot().block(0, false))).toBe('vacuous');
    expect(judge(written().deadline(0, null, 150n).block(0, false))).toBe('vacuous');
    // Early is legal, and ends it.
    expect(judge(written().at(600n).deadlineInterrupt(0, 600n).block(0, false))).toBe('holds 1');
  });

  test('is owed by each vCPU alone', () => {
    expect(judge(written(2).block(1, false))).toBe('vacuous');
    expect(judge(written(2).at(200n).deadlineInterrupt(1, 200n).block(0, false))).toMatch(
      'neither',
    );
  });

  test('is owed still after a stop, and in a life that a snapshot began', () => {
    expect(judge(written().stop(0).at(9_000n).start(0).block(0, false))).toMatch('neither');
    const restored = written().stop(0).save(1).at(9_000n).restore(1, 1).start(0);
    expect(judge(restored.block(0, false))).toMatch('neither');
  });
});

describe('deadline-interrupt-is-never-lost, as time goes by', () => {
  test('holds up to the deadline, with a cycle and a ns of rounding, and not past it', () => {
    expect(judge(written().at(1_102n).deadlineInterrupt(0, 1_102n))).toBe('holds 1');
    expect(judge(written().at(1_103n).deadlineInterrupt(0, 1_103n))).toBe(
      'violated: given 1003 ns after the write',
    );
    expect(judge(written().at(1_103n).read(0, 'CLOCK_MONOTONIC', 1_103n))).toBe(
      'violated: not given 1003 ns after the write',
    );
  });

  test('a counter that may be slow by so much has so much longer', () => {
    const slow = { declared: { counterPpb: 1_000_000n } };
    expect(judge(written().at(1_103n).deadlineInterrupt(0, 1_103n), slow)).toBe('holds 1');
    expect(judge(written().at(1_105n).deadlineInterrupt(0, 1_105n), slow)).toMatch('violated');
    const untied = { declared: { counterPpb: null } };
    expect(judge(written().at(99_999n).deadlineInterrupt(0, 1_105n), untied)).toBe('holds 1');
  });

  test('a host whose MONOTONIC is slow is late, and one that is fast has no longer', () => {
    const story = (ratePpb: bigint, atNs: bigint): Story =>
      new Story()
        .boot()
        .hostRate(ratePpb)
        .at(100n)
        .deadline(0, 1_100n, 100n)
        .at(atNs)
        .deadlineInterrupt(0, atNs);
    // 1001 cycles at 0.9 of the rate, and a ns.
    expect(judge(story(-100_000_000n, 1_214n))).toBe('holds 1');
    expect(judge(story(-100_000_000n, 1_215n))).toMatch('violated');
    expect(judge(story(100_000_000n, 1_103n))).toMatch('violated');
  });

  test('what kept the vCPU from its interrupts is no lateness: an SMI, or another one in a write', () => {
    const held = (vcpu: number, cause: 'smi' | 'preempted', toNs: bigint): Story =>
      written(2).at(500n).hold(vcpu, cause).at(2_000n).release(vcpu, cause).at(toNs);
    expect(judge(held(0, 'smi', 2_602n).deadlineInterrupt(0, 2_602n))).toBe('holds 1');
    expect(judge(held(0, 'smi', 2_603n).deadlineInterrupt(0, 2_603n))).toMatch('violated');
    expect(judge(held(1, 'preempted', 2_602n).deadlineInterrupt(0, 2_602n))).toBe('holds 1');
    expect(judge(held(1, 'smi', 2_602n).deadlineInterrupt(0, 2_602n))).toMatch('violated');
  });

  test('a nested guest may see its counter past the deadline before the exit that brings the interrupt', () => {
    const nested = written().at(500n).hold(0, 'nmi').at(1_400n).read(0, 'CLOCK_MONOTONIC', 1_400n);
    expect(judge(nested.at(1_500n).release(0, 'nmi').deadlineInterrupt(0, 1_500n))).toBe('holds 1');
  });

  test('a stop or a sleep may move the counter: nothing is said of the time', () => {
    expect(judge(written().stop(0).start(0).at(9_000n).deadlineInterrupt(0, 500n))).toBe('holds 1');
    expect(
      judge(written(2).stop(1).deadline(0, 1_100n, 100n).at(9_000n).monotonic(0, 9n), { vcpus: 2 }),
    ).toBe('vacuous');
    expect(judge(written().suspend().at(9_000n).monotonic(0, 9n))).toBe('vacuous');
  });

  test('a deadline in the past is due at once', () => {
    const past = (atNs: bigint): Story =>
      new Story().boot().at(100n).deadline(0, 50n, 100n).at(atNs).deadlineInterrupt(0, atNs);
    expect(judge(past(100n))).toBe('holds 1');
    expect(judge(past(101n))).toMatch('violated');
  });
});
