import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/contract/schedule.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
import { referenceGuest } from '../../src/model/reference.js';
import { rawToMonoErrorIsBounded } from '../../src/properties/raw-to-mono-error-is-bounded.js';
import { play } from '../../src/runner/play.js';
import { designNamed, elapse, VCPU0 } from '../schedules.js';

describe('a conversion over a whole turn of a 32-bit counter', () => {
  // Found by the nightly search in run 127,854: a settime accumulates, so that the gap is none, but
  // since the last tick the HPET has come round (2^32 cycles, 299.966 s) and shows the same value.
  test('is not measured by the counter', () => {
    const hpet = CLOCKSOURCES.find(({ name }) => name === 'hpet');
    const machine = plainMachine(designNamed('counters-run-on'), hpet);
    const commands: readonly Command[] = [
      { kind: 'snapshot', actor: VCPU0 },
      { kind: 'adjtimex', actor: VCPU0, timex: { modes: 0x2, freq: 28n } },
      elapse(64_138_056_291n),
      { kind: 'settime', actor: VCPU0, sec: machine.epochSec, nsec: 0n },
      elapse(235_827_951_680n),
      { kind: 'snapshot', actor: VCPU0 },
    ];
    const premises = { machine, declared: machine.declared, strict: new Set<never>() };
    const laws = [rawToMonoErrorIsBounded];
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premises);
    expect(verdict).toEqual({ kind: 'vacuous' });
  });
});
