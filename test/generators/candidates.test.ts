import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command, Schedule } from '../../src/contract/schedule.js';
import { type Candidate, candidates, type Mark } from '../../src/generators/candidates.js';
import { draw } from '../../src/generators/draw.js';
import { neighbours, roundable, rounder } from '../../src/generators/neighbours.js';
import { numeralsOf } from '../../src/generators/numbers.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { elapse, machine, schedule, VCPU0, VCPU1 } from '../schedules.js';

type Fails = (schedule: Schedule) => boolean;

/** Shrinks as the runner does, by hand: takes the first candidate that fails, goes on from its mark. */
function smallest(from: Schedule, fails: Fails): { schedule: Schedule; evaluations: number } {
  let schedule = from;
  let mark: Mark | undefined;
  let evaluations = 0;
  const next = (): Candidate | undefined => {
    for (const candidate of candidates(schedule, mark)) {
      evaluations++;
      if (fails(candidate.schedule)) return candidate;
    }
    return undefined;
  };
  for (let found = next(); found !== undefined; found = next()) {
    ({ schedule, mark } = found);
  }
  return { schedule, evaluations };
}

const elapsed = ({ commands }: Schedule): bigint =>
  commands.reduce((sum, command) => sum + (command.kind === 'elapse' ? command.ns : 0n), 0n);

const drawn = (run: number): Schedule => draw(1, run, { designs: DESIGNS, maxCommands: 60 });

/** A run whose schedule fails, or undefined. */
function failing(fails: Fails, from: number): Schedule | undefined {
  for (let run = from; run < from + 300; run++) {
    const candidate = drawn(run);
    if (fails(candidate)) return candidate;
  }
  return undefined;
}

describe('shrinking', () => {
  test.each<[string, Fails, readonly Command['kind'][]]>([
    ['one kind', (s) => s.commands.some((c) => c.kind === 'tick'), ['tick']],
    [
      'two kinds in order',
      (s) => {
        const first = s.commands.findIndex((c) => c.kind === 'settime');
        return first >= 0 && s.commands.slice(first).some((c) => c.kind === 'tick');
      },
      ['settime', 'tick'],
    ],
    ['a sum that one wait can reach', (s) => elapsed(s) >= 12_345n, ['elapse']],
  ])('ends at the least schedule for %s', (_, fails, kinds) => {
    const from = failing(fails, 0);
    expect(from).toBeDefined();
    if (from === undefined) return;
    const { schedule: least } = smallest(from, fails);
    expect(least.commands.map((command) => command.kind)).toEqual(kinds);
  });

  test('ends at the exact least number of a monotone condition', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 40n }), (bound) => {
        const from = schedule([elapse(2n ** 41n)]);
        const { schedule: least } = smallest(from, (s) => elapsed(s) >= bound);
        expect(least.commands).toEqual([elapse(bound)]);
      }),
    );
  });

  test('finds the shape of two numbers of which only a relation matters', () => {
    // y >= 3 x and x >= 1000: neither number alone can be less, and 1000 and 3000 are the least.
    const related: Fails = ({ commands: [first, second] }) =>
      first?.kind === 'elapse' && second?.kind === 'elapse' && first.ns >= 1_000n
        ? second.ns >= 3n * first.ns
        : false;
    const { schedule: least } = smallest(schedule([elapse(90_000n), elapse(500_000n)]), related);
    expect(least.commands).toEqual([elapse(1_000n), elapse(3_000n)]);
  });

  test('trades one number against another of the same unit', () => {
    // x * y >= 10^6: the sum is least near 1000 and 1000, far from where bisecting each alone ends.
    const product: Fails = ({ commands: [first, second] }) =>
      first?.kind === 'elapse' && second?.kind === 'elapse' && first.ns * second.ns >= 1_000_000n;
    const { schedule: least } = smallest(schedule([elapse(10n ** 9n), elapse(10n ** 9n)]), product);
    expect(elapsed(least)).toBeLessThan(20_000n);
  });

  test('takes everybody to vCPU 0 and the machine to one vCPU where that does not matter', () => {
    const from = schedule([{ kind: 'tick', actor: VCPU1 }, elapse(5n)]);
    const { schedule: least } = smallest(from, (s) => s.commands.some((c) => c.kind === 'tick'));
    expect(least.commands).toEqual([{ kind: 'tick', actor: VCPU0 }]);
    expect(least.machine.vms[0]?.vcpus).toHaveLength(1);
  });

  test('breaks a stop off on its way out where it was broken off on its way back', () => {
    const actor = { vm: 0, task: 'vmm' } as const;
    const read = { kind: 'read', actor: VCPU0, clock: 'CLOCK_MONOTONIC', via: 'syscall' } as const;
    const from = schedule([
      { kind: 'vm-pause', actor },
      elapse(1n),
      { kind: 'vm-resume', actor, stopAfter: 2 },
      { kind: 'continue', actor, steps: 1 },
      read,
      { kind: 'continue', actor },
      read,
    ]);
    // As a step back of kvmclock fails: two reads while a stop is on its way, either way.
    const fails: Fails = ({ commands }) => {
      const at = commands.findIndex((each) => 'stopAfter' in each && each.kind.startsWith('vm-'));
      const kinds = commands.map(({ kind }) => kind);
      const [first, last] = [kinds.indexOf('read'), kinds.lastIndexOf('read')];
      const between = commands
        .slice(first, last)
        .some((each) => 'actor' in each && 'task' in each.actor);
      return (
        at >= 0 &&
        at < first &&
        first < last &&
        between &&
        kinds.includes('elapse') &&
        kinds.includes('vm-pause') &&
        kinds.includes('vm-resume')
      );
    };
    const { schedule: least } = smallest(from, fails);
    expect(least.commands).toEqual([
      { kind: 'vm-pause', actor, stopAfter: 1 },
      elapse(0n),
      read,
      { kind: 'vm-resume', actor },
      read,
    ]);
  });

  test('ends, whatever fails: each candidate is less in commands, machine or numbers', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 97 }), (run, salt) => {
        // A condition without sense: any subset of schedules, but the same answer each time.
        const fails: Fails = (s) => {
          const text = JSON.stringify(s, (_, v) => (typeof v === 'bigint' ? `${v}` : v));
          let hash = salt;
          for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) % 1_009;
          return hash % 3 === 0;
        };
        const { evaluations } = smallest(drawn(run), fails);
        expect(evaluations).toBeLessThan(20_000);
      }),
      { numRuns: 40 },
    );
  });

  test('goes on from its mark: what was tried before a success is not tried again at once', () => {
    const from = schedule(Array.from({ length: 64 }, () => elapse(1n)));
    const needed = 40;
    const { schedule: least, evaluations } = smallest(
      from,
      (s) => s.commands.length >= needed && elapsed(s) >= 1n,
    );
    expect(least.commands.length).toBe(needed);
    expect(evaluations).toBeLessThan(4_000);
  });
});

describe('neighbours', () => {
  test('are every single, every pair and three smaller values of each number', () => {
    const of = schedule([elapse(10n), { kind: 'tick', actor: VCPU0 }, elapse(20n)]);
    const less = [...neighbours(of)];
    expect(less.filter((n) => n.less === 'single')).toHaveLength(3);
    expect(less.filter((n) => n.less === 'pair')).toHaveLength(3);
    expect(less.filter((n) => n.less === 'value')).toHaveLength(6);
  });
});

describe('rounding', () => {
  test('offers one digit and zeros first, then two', () => {
    const of = schedule([elapse(1_981_102_219_260n)]);
    expect(roundable(of)).toBe(numeralsOf(of).length);
    const offered = rounder(of, 0).map((s) => s.commands[0]);
    expect(offered.slice(0, 2)).toEqual([elapse(2n * 10n ** 12n), elapse(20n * 10n ** 11n)]);
  });

  test('offers a second for a few nanoseconds', () => {
    expect(rounder(schedule([elapse(4n)]), 0).map((s) => s.commands[0])).toEqual([
      elapse(1_000_000_000n),
      elapse(1_000_000n),
      elapse(1_000n),
    ]);
  });

  test('leaves alone what is round', () => {
    for (const round of [0n, 1_000n, 50_000n, 12_000n]) {
      expect(rounder(schedule([elapse(round)], machine()), 0)).toEqual([]);
    }
  });
});
