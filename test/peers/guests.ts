import type { ClocksourceSpec, Machine } from '../../src/contract/machine.js';
import type { Command, Timex } from '../../src/contract/schedule.js';
import type { Ns } from '../../src/contract/units.js';
import { CLOCKSOURCES, plainMachine } from '../../src/generators/machine.js';
import { Prng } from '../../src/math/prng.js';
import { referenceGuest } from '../../src/model/reference.js';
import { designNamed, elapse, eventsOf, VCPU0 } from '../schedules.js';

const guest = referenceGuest();

export const SECOND = 1_000_000_000n;
export const MILLISECOND = 1_000_000n;
/** 23:00:00 UTC, as the machines boot. */
export const EPOCH_SEC = 1_700_002_800n;

/** Every counter of the generator, with a name for the test. */
export const COUNTERS = CLOCKSOURCES.map((spec) => ({
  spec,
  counter: `${spec.name} of ${(spec.freq * spec.scale) / 1_000n} kHz`,
}));

/** A machine of one vCPU whose tick comes by itself. */
export function ticking(
  clocksource: ClocksourceSpec | undefined = CLOCKSOURCES[1],
  change: Partial<Machine> = {},
): Machine {
  const plain = plainMachine(designNamed('cooperative-freeze'), clocksource);
  return { ...plain, tick: 'clockevent', ...change };
}

export function play(machine: Machine, commands: readonly Command[]) {
  const events = eventsOf(guest, { machine, commands });
  const skipped = events.find((event) => event.kind === 'skipped');
  if (skipped !== undefined) throw new Error(`a command was skipped: ${skipped.because}`);
  return events;
}

export function adjtimex(timex: Timex): Command {
  return { kind: 'adjtimex', actor: VCPU0, timex };
}

export const SNAPSHOT: Command = { kind: 'snapshot', actor: VCPU0 };

/** A wait in pieces of 10 s: one command makes at most 10,000 ticks. */
export function wait(ns: Ns): readonly Command[] {
  const piece = 10n * SECOND;
  const rest = ns % piece;
  const pieces = Array.from({ length: Number(ns / piece) }, () => elapse(piece));
  return rest === 0n ? pieces : [...pieces, elapse(rest)];
}

/** Draws that are the same each time. */
export function draws(seed: number): (below: number) => bigint {
  const prng = new Prng(seed, 0);
  return (below) => BigInt(prng.below(below));
}
