import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/contract/machine.js';
import { draw } from '../../src/generators/draw.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import { rawTimerDriftsOnlyInIdle } from '../../src/properties/raw-timer-drifts-only-in-idle.js';
import { play } from '../../src/runner/play.js';

const designs = DESIGNS.filter(({ breaks }) => breaks.length === 0);
/** `RAW_SCHEDULES=1500` is a longer look. */
const SCHEDULES = Number(process.env.RAW_SCHEDULES ?? 500);

/** Timers that every tick maps anew, on vCPUs that have their ticks. */
function ticking(machine: Machine, nohz: Machine['nohz']): Machine {
  const rawTimers = { mapped: 'at-each-tick', compared: true } as const;
  const vms = machine.vms.map((vm) => ({ ...vm, rawTimers }));
  return { ...machine, nohz, vms };
}

/** The drawn schedules of RAW timers and rate changes, judged with no allowance for idle. */
function judged(nohz: Machine['nohz']) {
  const strict = new Set(['raw-timer-in-idle'] as const);
  const laws = [rawTimerDriftsOnlyInIdle];
  let witnesses = 0;
  let broken = 0;
  let schedules = 0;
  for (let run = 0; schedules < SCHEDULES; run++) {
    const drawn = draw(1, run, { designs, maxCommands: 60 });
    const { commands } = drawn;
    if (drawn.machine.tick === 'command') continue;
    if (!commands.some((each) => each.kind === 'arm' && each.clock === 'CLOCK_MONOTONIC_RAW')) {
      continue;
    }
    schedules++;
    const machine = ticking(drawn.machine, nohz);
    const premises = { machine, declared: machine.declared, strict };
    const [verdict] = play(referenceGuest(), { machine, commands }, laws, premises);
    if (verdict?.kind === 'violated') broken++;
    else if (verdict?.kind === 'holds') witnesses += verdict.witnesses;
  }
  return { witnesses, broken };
}

// Seed 003: "if we take NOHZ out of the picture", a RAW timer is mapped anew at least once a tick.
describe('RAW timers under any changes of the rate', () => {
  test('with NOHZ off stay within one tick of the change', () => {
    const { witnesses, broken } = judged('off');
    expect(broken).toBe(0);
    expect(witnesses).toBeGreaterThan(SCHEDULES / 10);
  });

  test('with NOHZ on do not', () => {
    expect(judged('idle').broken).toBeGreaterThan(0);
  });
});
