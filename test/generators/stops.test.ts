import { describe, expect, test } from 'vitest';
import { draw } from '../../src/generators/draw.js';
import { plainMachine } from '../../src/generators/machine.js';
import { MOST_GAPS_NS } from '../../src/generators/stops.js';
import { countersStop } from '../../src/model/designs/counters-stop.js';

const options = {
  designs: [countersStop],
  maxCommands: 60,
  machine: plainMachine(countersStop, undefined, 2),
  aroundStops: true,
};
const SCHEDULES = Array.from({ length: 500 }, (_, run) => draw(3, run, options).commands);

describe('schedules around stops', () => {
  test('are the same for the same seed and run, and no longer than asked', () => {
    expect(draw(3, 7, options).commands).toEqual(SCHEDULES[7]);
    expect(Math.max(...SCHEDULES.map(({ length }) => length))).toBe(60);
  });

  test('wait between two steps of the VMM for less than the bound, and longer only outside', () => {
    let gaps = 0;
    let longest = 0n;
    for (const commands of SCHEDULES) {
      let inside: bigint | undefined;
      for (const command of commands) {
        if (command.kind === 'vm-pause' || command.kind === 'vm-resume') {
          inside = command.stopAfter === undefined ? undefined : 0n;
        } else if (command.kind === 'continue') inside = undefined;
        else if (command.kind === 'elapse' && inside !== undefined) {
          inside += command.ns;
          gaps++;
          expect(inside).toBeLessThan(MOST_GAPS_NS);
        } else if (command.kind === 'elapse' && command.ns > longest) longest = command.ns;
      }
    }
    expect(gaps).toBeGreaterThan(100);
    expect(longest).toBeGreaterThan(10n * MOST_GAPS_NS);
  });

  test('read between two steps, and on both vCPUs', () => {
    const reads = SCHEDULES.flatMap((commands) =>
      commands.filter((command, at) => {
        const before = commands[at - 1];
        return command.kind === 'read' && before?.kind === 'vm-resume' && before.stopAfter;
      }),
    );
    const vcpus = new Set(
      reads.flatMap((read) =>
        read.kind === 'read' && 'vcpu' in read.actor ? [read.actor.vcpu] : [],
      ),
    );
    expect(reads.length).toBeGreaterThan(100);
    expect(vcpus).toEqual(new Set([0, 1]));
  });
});
