import { describe, expect, test } from 'vitest';
import { lawNamed } from '../../src/app/catalogue.js';
import { check } from '../../src/app/check.js';
import { play } from '../../src/app/replay.js';
import { KNOWN_LIMITS, type KnownLimit } from '../../src/contract/property.js';

// laws.md, "Known limits": documented misbehaviour of the sound kernel, each off under --strict, which
// then shows the shortest schedule for it. What the most commands are made of:
const ROWS: readonly (readonly [KnownLimit, string, number, string])[] = [
  ['publication', 'monotonic-never-decreases', 4, 'a wait, half a tick, two reads'],
  ['narrow-counter', 'monotonic-never-decreases', 4, 'a wait, a read, a wait to the wrap, a read'],
  ['negative-motion', 'raw-ignores-adjtimex', 5, 'a wait, a read, two writers behind, a read'],
  [
    'over-adjust',
    'monotonic-keeps-moving',
    6,
    'the steepest slope, a second, a tick, a stall, reads',
  ],
  ['coarse-step', 'monotonic-never-decreases', 4, 'a read, a wait, a steeper rate, a read'],
  ['fast-reader', 'monotonic-never-decreases', 4, 'a wait, half a tick, an NMI, a read'],
  [
    'reads-while-suspended',
    'monotonic-never-decreases',
    5,
    'suspend, a wait, a read, resume, a read',
  ],
  ['generic-vdso-behind', 'vdso-agrees-with-syscall', 2, 'a read on each path'],
  [
    'young-history',
    'cross-timestamp-is-one-instant',
    4,
    'a wait, an update, a snapshot, the question',
  ],
  ['raw-timer-in-idle', 'raw-timer-drifts-only-in-idle', 4, 'a timer, idle, a rate, a wait'],
];

describe.each(ROWS)('%s', (limit, law, commands) => {
  test(`a strict search finds it as a violation of ${law}, in at most ${commands} commands`, async () => {
    const laws = [lawNamed(law)];
    const found = await check({ seed: 2, runs: 3_000, maxCommands: 100, strict: [limit], laws });
    const [counterexample] = found.counterexamples;
    expect(counterexample?.schedule.commands.length).toBeLessThanOrEqual(commands);
    if (counterexample === undefined) throw new Error('it was found');
    const allowed = await play(counterexample.schedule, { laws });
    expect(allowed.laws.map(({ verdict }) => verdict.kind)).not.toContain('violated');
  });
});

/** Too rare to be met in a test run: its schedule is among the findings, and tested there. */
const RARE: readonly KnownLimit[] = ['called-off-leap'];

test('each known limit has its row', () => {
  const limits = [...ROWS.map(([limit]) => limit), ...RARE];
  expect(limits.sort()).toEqual([...KNOWN_LIMITS].sort());
});
