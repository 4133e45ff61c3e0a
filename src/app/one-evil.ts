import { PLAIN_SCENE, type Scene } from '../contract/catalogue.js';
import type { VcpuId } from '../contract/machine.js';
import type { Property } from '../contract/property.js';
import type { Command, VmmActor } from '../contract/schedule.js';
import { NSEC_PER_SEC } from '../contract/units.js';
import { pick } from '../generators/magnitude.js';
import { sceneMachine } from '../generators/scene.js';
import { Prng } from '../math/prng.js';
import type { Design, HostStep } from '../model/designs/design.js';
import { TSC } from '../model/designs/scenes.js';
import { referenceGuest } from '../model/reference.js';
import { monotonicSkipsStoppedTime } from '../properties/monotonic-skips-stopped-time.js';
import { realtimeIsRightAtFirstRead } from '../properties/realtime-is-right-at-first-read.js';
import { Judge } from '../runner/judge.js';

/** The two promises that no host alone keeps: laws.md, `first-read-cannot-have-both`. */
const BOTH: readonly Property[] = [monotonicSkipsStoppedTime, realtimeIsRightAtFirstRead];

const VMM: VmmActor = { vm: 0, task: 'vmm' };
const STOP_NS = 60n * NSEC_PER_SEC;

/** What many step lists showed. */
export interface OneEvil {
  readonly lists: number;
  /** Lists under which both promises were kept, both having been put to the test. */
  readonly exceptions: readonly Design[];
  /** Lists under which one of the two was not put to the test: nobody read, or nothing ran again. */
  readonly vacuous: number;
  /** Lists that keep MONOTONIC, and lists that keep REALTIME. */
  readonly keepMonotonic: number;
  readonly keepRealtime: number;
}

export interface OneEvilOptions {
  readonly seed: number;
  readonly lists: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Draws step lists of a host without guest code, and plays each once around a stop of a minute: MONOTONIC and
 * REALTIME are read before it, and at once as vCPUs run again. REALTIME being MONOTONIC plus an offset, none
 * keeps both promises.
 */
export function oneEvil({ seed, lists, onProgress }: OneEvilOptions): OneEvil {
  const prng = new Prng(seed, 0);
  const exceptions: Design[] = [];
  const found = { vacuous: 0, keepMonotonic: 0, keepRealtime: 0 };
  for (let done = 0; done < lists; done++) {
    const design = drawDesign(prng);
    const { monotonic, realtime } = bothOf(design);
    if (monotonic === 'vacuous' || realtime === 'vacuous') found.vacuous++;
    if (monotonic === 'holds') found.keepMonotonic++;
    if (realtime === 'holds') found.keepRealtime++;
    if (monotonic === 'holds' && realtime === 'holds') exceptions.push(design);
    if (done % 1_000 === 0) onProgress?.(done);
  }
  return { lists, exceptions, ...found };
}

type VerdictKind = 'holds' | 'violated' | 'vacuous';

/** What a design makes of the two, on one schedule of its scene. */
export function bothOf(design: Design): {
  readonly monotonic: VerdictKind;
  readonly realtime: VerdictKind;
} {
  const machine = sceneMachine(design);
  const schedule = { machine, commands: COMMANDS[design.scene?.stop ?? 'pause'] };
  const premises = { machine, declared: machine.declared, strict: new Set<never>(), schedule };
  const judge = new Judge(BOTH, premises);
  referenceGuest({ designs: [design] }).run(schedule, judge.observe);
  const [monotonic, realtime] = judge.verdicts();
  return { monotonic: monotonic?.kind ?? 'vacuous', realtime: realtime?.kind ?? 'vacuous' };
}

const READS: readonly Command[] = ([0, 1] as const).flatMap((vcpu): readonly Command[] => [
  { kind: 'read', actor: { vm: 0, vcpu }, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
  { kind: 'read', actor: { vm: 0, vcpu }, clock: 'CLOCK_REALTIME', via: 'syscall' },
]);

/** A second, reads, the stop, and the first reads after it. */
function around(...stop: readonly Command[]): readonly Command[] {
  const second: Command = { kind: 'elapse', ns: NSEC_PER_SEC };
  const minute: Command = { kind: 'elapse', ns: STOP_NS };
  const [out, ...back] = stop;
  if (out === undefined) return READS;
  return [second, ...READS, out, minute, ...back, ...READS];
}

const PAUSE: Command = { kind: 'vm-pause', actor: VMM };
const RESUME: Command = { kind: 'vm-resume', actor: VMM };
const SLEEP: Command = { kind: 'host-suspend', actor: { host: 0 }, wakesAfterNs: STOP_NS };
const COMMANDS: Readonly<Record<Scene['stop'], readonly Command[]>> = {
  pause: around(PAUSE, RESUME),
  migrate: around(PAUSE, { kind: 'vm-migrate', actor: VMM, to: 1 }, RESUME),
  save: [
    { kind: 'elapse', ns: NSEC_PER_SEC },
    ...READS,
    PAUSE,
    { kind: 'vm-save', actor: VMM, snapshot: 0 },
    { kind: 'elapse', ns: STOP_NS },
    { kind: 'vm-restore', actor: VMM, snapshot: 0 },
    ...READS,
  ],
  'host-suspend': [{ kind: 'elapse', ns: NSEC_PER_SEC }, ...READS, SLEEP, ...READS],
};

const STOPS = ['pause', 'migrate', 'save'] as const;
/** Steps of a side beside those that stop or start vCPUs, at most. */
const MOST_STEPS = 6;

/** A host that does anything to its clocks, in any order. */
function drawDesign(prng: Prng): Design {
  const stop = pick(prng, STOPS);
  const counters = prng.oneIn(4) ? 'stop' : 'run';
  const out = mixed(prng, [pausing(counters, 0), pausing('run', 1)]);
  const started = counters === 'stop' ? 'start' : 'run';
  const back = mixed(prng, [running(started, 0), running('run', 1)]);
  const [first] = PLAIN_SCENE.hosts;
  const ahead = BigInt(prng.below(1_200)) * 2_000_000_000n;
  return {
    name: 'drawn',
    statement: 'Steps that were drawn.',
    source: { title: 'tickproof', url: 'https://docs.kernel.org/virt/kvm/api.html' },
    migrates: stop === 'migrate',
    stopErrorNs: { monotonic: 1_000_000n, boottime: 1_000_000n },
    breaks: [],
    scene: {
      stop,
      ...(prng.oneIn(2) ? { clocksource: TSC } : undefined),
      ...(first === undefined
        ? undefined
        : { hosts: [first, { ...first, counterBoot: first.counterBoot + ahead }] }),
    },
    pause: () => out,
    resume: () => back,
  };
}

/** The given steps in their order, and others anywhere among them. */
function mixed(prng: Prng, given: readonly HostStep[]): readonly HostStep[] {
  const steps = [...given];
  for (let left = prng.below(MOST_STEPS + 1); left > 0; left--) {
    steps.splice(prng.below(steps.length + 1), 0, drawStep(prng));
  }
  return steps;
}

function drawStep(prng: Prng): HostStep {
  const vcpu = prng.below(2);
  const flag = prng.oneIn(2);
  return pick<HostStep>(prng, [
    { kind: 'get-clock' },
    { kind: 'get-clock' },
    { kind: 'set-clock', realtime: flag },
    { kind: 'set-clock', realtime: flag },
    { kind: 'set-clock', realtime: true, capNs: BigInt(prng.below(120)) * NSEC_PER_SEC },
    { kind: 'update-master-clock' },
    { kind: 'kvmclock-ctrl' },
    { kind: 'create-vcpu', vcpu },
    { kind: 'get-tsc', vcpu },
    { kind: 'get-tsc', vcpu },
    { kind: 'set-tsc', vcpu },
    { kind: 'set-tsc', vcpu },
    { kind: 'set-tsc-offset', vcpu, forward: flag },
    { kind: 'set-tsc-offset', vcpu, forward: flag },
    { kind: 'set-deadline', vcpu },
    { kind: 'bump-marker' },
  ]);
}

function pausing(counters: 'run' | 'stop', vcpu: VcpuId): HostStep {
  return { kind: 'pause-vcpu', vcpu, counters };
}

function running(counters: 'run' | 'start', vcpu: VcpuId): HostStep {
  return { kind: 'run-vcpu', vcpu, counters };
}
