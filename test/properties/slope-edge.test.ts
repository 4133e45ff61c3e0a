import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import { monotonicKeepsMoving } from '../../src/properties/monotonic-keeps-moving.js';
import { play } from '../../src/runner/play.js';
import { designNamed, elapse, VCPU0 } from '../schedules.js';

describe('a slope that changes between two edges of a slow counter', () => {
  // Found by the nightly search in run 155,631: 4 % less for 2,673 cycles of the HPET, which are
  // 33 ns more than the time between the two calls.
  test('holds from the last edge on, and the law allows for a cycle of it', () => {
    const hpet = CLOCKSOURCES.find(({ name }) => name === 'hpet');
    const machine = plainMachine(designNamed('cooperative-freeze'), hpet);
    const read: Command = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' };
    const commands: readonly Command[] = [
      read,
      elapse(35_089_724n),
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x4000, tick: 9_603n } },
      elapse(186_651n),
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x4002, freq: 0n, tick: 10_000n } },
      elapse(4_015_629n),
      read,
    ];
    const premises = { machine, declared: machine.declared, strict: new Set<never>() };
    const laws = [monotonicKeepsMoving];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premises);
    expect(verdict).toEqual({ kind: 'holds', witnesses: 1 });
  });
});
