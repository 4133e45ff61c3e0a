import { describe, expect, test } from 'vitest';
import type { DeadlineTimer, Machine } from '../../src/contract/machine.js';
import { draw } from '../../src/generators/draw.js';
import { DESIGNS } from '../../src/model/designs/index.js';
import { referenceGuest } from '../../src/model/reference.js';
import { LAWS } from '../../src/properties/index.js';
import { Judge } from '../../src/runner/judge.js';

/** Commands of each repair, for each way to wait: `REPAIR_COMMANDS=1000000` is what seed 003 is owed. */
const COMMANDS = Number(process.env.REPAIR_COMMANDS ?? 20_000);

const designs = DESIGNS.filter(({ breaks }) => breaks.length === 0);
const REPAIRS: readonly DeadlineTimer['early'][] = ['record', 're-arm', 'inject'];
const WAYS: readonly DeadlineTimer['by'][] = ['hrtimer', 'preemption-timer'];
const OF_X86: ReadonlySet<string> = new Set(['tsc', 'kvm-clock']);

function repaired(machine: Machine, deadlineTimer: DeadlineTimer): Machine {
  return { ...machine, vms: machine.vms.map((vm) => ({ ...vm, deadlineTimer })) };
}

describe.each(REPAIRS.flatMap((early) => WAYS.map((by) => ({ by, early }))))(
  'a host that waits by $by, and where that is early does this: $early',
  (deadlineTimer) => {
    test('breaks no law, and gives interrupts early or never early as it must', () => {
      const subject = referenceGuest();
      const broken: unknown[] = [];
      let commands = 0;
      let early = 0;
      let given = 0;
      for (let run = 0; commands < COMMANDS; run++) {
        const drawn = draw(2026, run, { designs, maxCommands: 100 });
        // Only where the host emulates the device does its rate count: those runs have it changed.
        const [vm] = drawn.machine.vms;
        if (vm?.deadlineTimer === undefined || !OF_X86.has(vm.clocksource.name)) continue;
        const machine = repaired(drawn.machine, deadlineTimer);
        const schedule = { machine, commands: drawn.commands };
        commands += drawn.commands.length;
        const premises = { machine, declared: machine.declared, strict: new Set<never>() };
        const judge = new Judge(LAWS, premises);
        const written = new Map<number, bigint>();
        subject.run(schedule, (event) => {
          judge.observe(event);
          // A snapshot has a deadline of its own.
          if (event.kind === 'vm-restored') written.clear();
          if (event.kind === 'deadline-written' && event.deadline !== null) {
            written.set(event.actor.vcpu, event.deadline);
          }
          if (event.kind !== 'deadline-interrupt') return;
          given++;
          // Counters wrap: which of two is ahead is told by the half that their difference is in.
          const deadline = written.get(event.actor.vcpu) ?? event.counter;
          if (BigInt.asIntN(64, event.counter - deadline) < 0n) early++;
        });
        judge.verdicts().forEach((verdict, at) => {
          if (verdict.kind === 'violated') broken.push([LAWS[at]?.name, run, verdict.violation]);
        });
      }
      expect(broken).toEqual([]);
      expect(given).toBeGreaterThan(0);
      if (deadlineTimer.early === 're-arm') expect(early).toBe(0);
      else expect(early).toBeGreaterThan(0);
    });
  },
);
