import type {
  ClockeventSpec,
  ClocksourceSpec,
  DeadlineTimer,
  Machine,
  RawTimers,
} from '../contract/machine.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import type { Prng } from '../math/prng.js';
import { LAST_SECONDS, redeclare } from './machine.js';
import { pick } from './magnitude.js';

const DRIFTS: readonly bigint[] = [0n, 0n, 100_000n, -100_000n, 5_000_000n, -5_000_000n];
/** From the least that a kernel allows to one tick of a device at 10 kHz. */
const MIN_DELTAS: readonly Ns[] = [1_000n, 1_000n, 5_000n, 100_000n];
/** The shortest is shorter than a long wait, and not so short that this is made of interrupts. */
const MAX_DELTAS: readonly Ns[] = [600n * NSEC_PER_SEC, 600n * NSEC_PER_SEC, 60n * NSEC_PER_SEC];
const ARM = 'arch_sys_counter';
const EMULATED: ReadonlySet<string> = new Set(['tsc', 'kvm-clock', ARM]);
const RAW_TIMERS: readonly RawTimers[] = [
  { mapped: 'at-each-tick', compared: true },
  { mapped: 'at-each-tick', compared: true },
  { mapped: 'once', compared: true },
];

/** Hosts emulate the deadline timer that goes with a counter of the CPU; the interrupt of Arm's follows the counter, and is never early. */
function drawDeadlineTimer(prng: Prng, clocksource: string): DeadlineTimer {
  const by = pick(prng, ['hrtimer', 'preemption-timer'] as const);
  const early = pick(prng, ['record', 're-arm', 'inject'] as const);
  return clocksource === ARM ? { by: 'preemption-timer', early: 're-arm' } : { by, early };
}

/** What a run of timers has on its machine beside what any run has. */
export function withTimers(prng: Prng, machine: Machine): Machine {
  const clockevent: ClockeventSpec = {
    ratePpb: pick(prng, DRIFTS),
    minDeltaNs: pick(prng, MIN_DELTAS),
    maxDeltaNs: pick(prng, MAX_DELTAS),
  };
  const isEmulated = !prng.oneIn(3);
  const deadlineTimer = ({ name }: ClocksourceSpec) =>
    isEmulated && EMULATED.has(name) ? { deadlineTimer: drawDeadlineTimer(prng, name) } : undefined;
  const rawTimers = pick(prng, RAW_TIMERS);
  const isPlain = prng.oneIn(2);
  const ticks = prng.oneIn(3) || machine.tick === 'clockevent';
  const nohz = pick(prng, ['off', 'idle', 'idle', 'full'] as const);
  return redeclare({
    ...machine,
    // The waits are long, and each tick of each vCPU costs.
    ...(ticks ? { tick: 'clockevent', nohz, hz: 100 } : undefined),
    epochSec: prng.oneIn(2) ? LAST_SECONDS : machine.epochSec,
    vms: machine.vms.map((vm) => ({
      ...vm,
      ...(ticks ? { vcpus: vm.vcpus.slice(0, 2) } : undefined),
      rawTimers,
      ...deadlineTimer(vm.clocksource),
      ...(isPlain ? undefined : { clockevent }),
    })),
  });
}
