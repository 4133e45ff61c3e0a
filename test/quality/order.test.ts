import { describe, expect, test } from 'vitest';
import { MATRIX_LAWS } from '../../src/app/matrix.js';
import { order, wordsOf } from '../../src/app/order.js';
import { DESIGNS } from '../../src/app/parts.js';

const SEEDS = [1, 2, 3, 4, 5];

function ask(pause: string, resume: string, seed: number, clocksource: 'kvm-clock' | 'tsc') {
  const steps = { pause: wordsOf(pause), resume: wordsOf(resume) };
  return order({ order: steps, clocksource, seed, runs: 1000, maxCommands: 40 });
}

const lawsOf = ({ check }: Awaited<ReturnType<typeof order>>) =>
  check.laws.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);

/** What a design of the same steps states that it breaks, as far as the matrix has a column for it. */
function statedBy(design: string): readonly string[] {
  const stated = DESIGNS.find(({ name }) => name === design)?.breaks ?? [];
  return MATRIX_LAWS.map(({ name }) => name).filter((name) =>
    stated.some(({ law }) => law === name),
  );
}

// Cloud Hypervisor #7930 and its two repairs, the first of which was not enough.
describe('the order of #7930, on every seed', () => {
  test.each(SEEDS)(
    'is broken, either change alone is, both together hold: seed %d',
    async (seed) => {
      const outcome = await ask('get-clock pause-vcpus', 'run-vcpus set-clock', seed, 'kvm-clock');
      expect(lawsOf(outcome)[0]).toBe('monotonic-never-decreases');
      // Stop, wait, read, set back, read.
      expect(outcome.check.counterexamples[0]?.schedule.commands).toHaveLength(5);
      const holds = (change: string) => outcome.neighbours.find((e) => e.change === change)?.holds;
      expect(holds('set-clock before run-vcpus')).toBe(false);
      expect(holds('pause-vcpus before get-clock')).toBe(false);
      expect(holds('set-clock before run-vcpus and pause-vcpus before get-clock')).toBe(true);
    },
  );

  test.each(SEEDS)(
    'mended breaks only what no order keeps: nobody tells the guest: seed %d',
    async (seed) => {
      const outcome = await ask('pause-vcpus get-clock', 'set-clock run-vcpus', seed, 'kvm-clock');
      expect(lawsOf(outcome)).toEqual(statedBy('qemu-stop-cont-kvmclock'));
    },
  );
});

// virtualization.md section 1.5: a write within a second of what is expected is taken for the same.
describe('TSCs restored through their MSR', () => {
  const PAUSE = 'pause-vcpus get-tsc 0 get-tsc 1';

  test.each(SEEDS)('count a second stop that is shorter than a second: seed %d', async (seed) => {
    const outcome = await ask(PAUSE, 'set-tsc 0 set-tsc 1 run-vcpus', seed, 'tsc');
    expect(lawsOf(outcome)[0]).toBe('monotonic-skips-stopped-time');
    const commands = outcome.check.counterexamples[0]?.schedule.commands ?? [];
    // The first value that a user writes is never replaced.
    expect(commands.filter(({ kind }) => kind === 'vm-pause')).toHaveLength(2);
    const long = commands.some((each) => each.kind === 'elapse' && each.ns >= 1_000_000_000n);
    expect(long).toBe(false);
    expect(outcome.neighbours.filter(({ holds }) => holds).map(({ change }) => change)).toEqual([
      'set-tsc-offset for set-tsc',
    ]);
  });

  test.each(SEEDS)('do not where the offset is written instead: seed %d', async (seed) => {
    const outcome = await ask(PAUSE, 'set-tsc-offset 0 set-tsc-offset 1 run-vcpus', seed, 'tsc');
    // As if the counters had stood still; kvmclock, by which the scheduler goes, runs on, and nobody says so.
    const ofTheTsc = lawsOf(outcome).filter((law) => law !== 'watchdogs-stay-quiet');
    expect(ofTheTsc).toEqual(statedBy('counters-stop'));
    expect(lawsOf(outcome)).toContain('watchdogs-stay-quiet');
  });
});

test('vCPUs that are let go before their TSC is written go back on it', async () => {
  const outcome = await ask(
    'pause-vcpus get-tsc 0 get-tsc 1',
    'run-vcpus set-tsc-offset 0 set-tsc-offset 1',
    1,
    'tsc',
  );
  expect(lawsOf(outcome)[0]).toBe('monotonic-never-decreases');
});
