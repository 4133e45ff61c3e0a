import type { Machine } from '../contract/machine.js';
import type { EvilVerdict } from '../contract/outcome.js';
import type { Verdict } from '../contract/property.js';
import type { Command, VmmActor } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { StopKind } from '../generators/step-lists.js';
import type { Design, HostStep } from '../model/designs/design.js';
import { referenceGuest } from '../model/reference.js';
import { play } from '../runner/play.js';
import { lawsNamed } from './catalogue.js';

/** Two promises, of which no design keeps both without code of the guest, for stops longer than both eps. */
export const EVIL_LAWS = [
  'monotonic-skips-stopped-time',
  'realtime-is-right-at-first-read',
] as const;

const VMM: VmmActor = { vm: 0, task: 'vmm' };
const FIRST = { vm: 0, vcpu: 0 } as const;
/** As long as the stops of the matrix: beyond every eps, which are below 2 ms. */
const STOPPED_NS: Ns = 60_000_000_000n;

/** Whether something of it runs in the guest as it goes on: a handler, an agent, a freeze. */
export function hasGuestCode(design: Design): boolean {
  const { guest } = design;
  if (guest?.handler !== undefined || guest?.freeze !== undefined) return true;
  return ['pause', 'save', 'migrate'].some((stop) =>
    [...stepsInto(design, stop as StopKind), ...stepsOutOf(design, stop as StopKind)].some(
      isOfGuest,
    ),
  );
}

function isOfGuest({ kind }: HostStep): boolean {
  return (
    kind === 'notify-guest' ||
    kind === 'raise-irq' ||
    kind === 'raise-nmi' ||
    kind === 'step-realtime'
  );
}

const VCPUS = [0, 1];

function stepsInto({ pause, save }: Design, stop: StopKind): readonly HostStep[] {
  return [...pause(VCPUS), ...((stop === 'save' && save?.(VCPUS, 0)) || [])];
}

function stepsOutOf(design: Design, stop: StopKind): readonly HostStep[] {
  const { resume, restore, migrate } = design;
  if (stop === 'pause') return resume(VCPUS);
  const own = stop === 'save' ? restore?.(VCPUS, 0) : migrate?.(VCPUS, 1);
  const first: HostStep =
    stop === 'save' ? { kind: 'load-memory', snapshot: 0 } : { kind: 'move', to: 1 };
  return own ?? [first, ...resume(VCPUS)];
}

const READ_BOTH: readonly Command[] = (['CLOCK_MONOTONIC', 'CLOCK_REALTIME'] as const).map(
  (clock) => ({
    kind: 'read',
    actor: FIRST,
    clock,
    via: 'syscall',
  }),
);

const LAWS = lawsNamed(EVIL_LAWS);
const SUBJECT = referenceGuest();

/** A stopped VM whose design has no list for a move is moved, and then goes on as from a pause. */
function goingOn({ migrate }: Design, stop: StopKind, stopAfter: number): readonly Command[] {
  if (stop === 'save') return [{ kind: 'vm-restore', actor: VMM, snapshot: 0, stopAfter }];
  if (stop === 'pause') return [{ kind: 'vm-resume', actor: VMM, stopAfter }];
  if (migrate !== undefined) return [{ kind: 'vm-migrate', actor: VMM, to: 1, stopAfter }];
  const moved = stopAfter - 1;
  return [
    { kind: 'vm-migrate', actor: VMM, to: 1 },
    { kind: 'vm-resume', actor: VMM, stopAfter: moved },
  ];
}

/** What the two laws say of the first reads after a stop. */
export interface FirstReads {
  readonly monotonic: Verdict['kind'];
  readonly realtime: Verdict['kind'];
}

export interface FirstReadsOptions {
  readonly design: Design;
  readonly stop: StopKind;
  /** Which design it follows is no matter. */
  readonly machine: Machine;
  /** So long passes before the last step of the pause, ns; left out: nothing. */
  readonly lingersNs?: Ns;
}

/** In one word; a law that was put to no test makes it vacuous. */
export function evilVerdict({ monotonic, realtime }: FirstReads): EvilVerdict {
  if (monotonic === 'vacuous' || realtime === 'vacuous') return 'vacuous';
  if (monotonic === 'holds') return realtime === 'holds' ? 'both-kept' : 'monotonic-kept';
  return realtime === 'holds' ? 'realtime-kept' : 'neither';
}

/**
 * Reads both clocks, stops the guest, lets it go on until its first vCPU has entered, and reads both clocks
 * there; those of a guest that is still frozen are none, so both are read again at the end.
 */
export function firstReads(options: FirstReadsOptions): FirstReads {
  const { design, stop, lingersNs } = options;
  const steps = stepsOutOf(design, stop);
  const entered = steps.findIndex(({ kind }) => kind === 'run-vcpu');
  const entering = steps[entered];
  if (entering?.kind !== 'run-vcpu') return { monotonic: 'vacuous', realtime: 'vacuous' };
  const reads = onVcpu(entering.vcpu);
  const commands: readonly Command[] = [
    { kind: 'elapse', ns: 1_000_000_000n },
    { kind: 'tick', actor: FIRST },
    ...READ_BOTH,
    ...pausing(design, lingersNs),
    ...(stop === 'save' ? [{ kind: 'vm-save', actor: VMM, snapshot: 0 } as const] : []),
    { kind: 'elapse', ns: STOPPED_NS },
    ...goingOn(design, stop, entered + 1),
    ...reads,
    ...(hasGuestCode(design) ? [{ kind: 'continue', actor: VMM } as const, ...reads] : []),
  ];
  const vms = options.machine.vms.map((vm) => ({ ...vm, design: design.name }));
  return judged({ ...options.machine, vms }, commands);
}

function pausing({ pause }: Design, lingersNs: Ns | undefined): readonly Command[] {
  if (lingersNs === undefined) return [{ kind: 'vm-pause', actor: VMM }];
  return [
    { kind: 'vm-pause', actor: VMM, stopAfter: pause(VCPUS).length - 1 },
    { kind: 'elapse', ns: lingersNs },
    { kind: 'continue', actor: VMM },
  ];
}

function onVcpu(vcpu: number): readonly Command[] {
  return READ_BOTH.map((read) => ({ ...read, actor: { vm: 0, vcpu } }) as Command); // the same reads
}

function judged(machine: Machine, commands: readonly Command[]): FirstReads {
  const schedule = { machine, commands };
  const premises = { machine, declared: machine.declared, strict: NOTHING, schedule };
  const [skips, right] = play(SUBJECT, schedule, LAWS, premises);
  return { monotonic: skips?.kind ?? 'vacuous', realtime: right?.kind ?? 'vacuous' };
}

const NOTHING: ReadonlySet<never> = new Set();
