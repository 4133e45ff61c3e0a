import type { Machine } from '../contract/machine.js';
import type { Command, VmmActor } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { CommandSource, drawHabits } from './command.js';
import { magnitude, pick } from './magnitude.js';

const VMM: VmmActor = { vm: 0, task: 'vmm' };
/** More steps than most designs have on one side of a stop. */
const MOST_STEPS = 6;
/** A VMM takes less than 2^20 ns, a millisecond, from one step to where it is looked at again. */
const GAP_BITS = 20;
const MOST_GAPS = 16;
/** What a VMM takes in all on one side of a stop is less than this, ns. */
export const MOST_GAPS_NS: Ns = BigInt(MOST_GAPS) << BigInt(GAP_BITS);

/** A snapshot shows all clocks at one instant. */
const BESIDE = ['snapshot', 'snapshot', 'tick', 'arm'] as const;

/**
 * A schedule of stops and what a guest reads around them, and between the host's steps: for questions
 * about an order of steps, where everything else only hides the answer.
 */
export function drawAroundStops(
  prng: Prng,
  machine: Machine,
  maxCommands: number,
): readonly Command[] {
  const source = new CommandSource(machine, drawHabits(prng, machine));
  const length = 1 + prng.below(maxCommands);
  // One read in so many is any: the same clock before and after is what shows a step.
  const watch = source.watch(prng);
  const read = (): Command =>
    prng.oneIn(4) ? source.watch(prng) : onSomeVcpu(prng, machine, watch);
  const elapse = (): Command => source.draw(prng, 'elapse');
  const beside = (): Command => (prng.oneIn(4) ? source.draw(prng, pick(prng, BESIDE)) : read());
  const commands: Command[] = [];
  while (commands.length < length) {
    while (prng.oneIn(2)) commands.push(prng.oneIn(2) ? beside() : elapse());
    for (const kind of ['vm-pause', 'vm-resume'] as const) {
      const isStopped = !prng.oneIn(3);
      const stop = isStopped ? { stopAfter: 1 + prng.below(MOST_STEPS) } : undefined;
      commands.push({ kind, actor: VMM, ...stop });
      for (let gaps = 0; isStopped && gaps < MOST_GAPS && !prng.oneIn(3); gaps++) {
        const gap = BigInt(magnitude(prng, GAP_BITS));
        commands.push(prng.oneIn(3) ? { kind: 'elapse', ns: gap } : beside());
      }
      // What follows is no gap between two steps.
      if (isStopped) commands.push({ kind: 'continue', actor: VMM });
      if (kind === 'vm-pause' && !prng.oneIn(8)) commands.push(elapse());
    }
    commands.push(beside());
  }
  return commands.slice(0, length);
}

/** The same read on any vCPU. */
function onSomeVcpu(prng: Prng, { vms }: Machine, watch: Command): Command {
  const vcpus = vms[0]?.vcpus.length ?? 1;
  return watch.kind === 'read' ? { ...watch, actor: { vm: 0, vcpu: prng.below(vcpus) } } : watch;
}
