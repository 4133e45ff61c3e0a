import type { Machine } from '../contract/machine.js';
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

/** What became of the two promises under one list of steps. */
export type EvilVerdict = 'both-kept' | 'monotonic-kept' | 'realtime-kept' | 'neither' | 'vacuous';

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

/**
 * Reads both clocks, stops the guest, lets it go on until its first vCPU has entered, and reads both clocks
 * there; those of a guest that is still frozen are none, so both are read again at the end.
 */
export function firstReads(design: Design, stop: StopKind, machine: Machine): EvilVerdict {
  const steps = stepsOutOf(design, stop);
  const entered = steps.findIndex(({ kind }) => kind === 'run-vcpu');
  const entering = steps[entered];
  if (entering?.kind !== 'run-vcpu') return 'vacuous';
  const reads = onVcpu(entering.vcpu);
  const stopAfter = entered + 1;
  const out = goingOn(design, stop, stopAfter);
  const commands: readonly Command[] = [
    { kind: 'elapse', ns: 1_000_000_000n },
    { kind: 'tick', actor: FIRST },
    ...READ_BOTH,
    { kind: 'vm-pause', actor: VMM },
    ...(stop === 'save' ? [{ kind: 'vm-save', actor: VMM, snapshot: 0 } as const] : []),
    { kind: 'elapse', ns: STOPPED_NS },
    ...out,
    ...reads,
    ...(hasGuestCode(design) ? [{ kind: 'continue', actor: VMM } as const, ...reads] : []),
  ];
  return verdictOf(
    { ...machine, vms: machine.vms.map((vm) => ({ ...vm, design: design.name })) },
    commands,
  );
}

function onVcpu(vcpu: number): readonly Command[] {
  return READ_BOTH.map((read) => ({ ...read, actor: { vm: 0, vcpu } }) as Command); // the same reads
}

function verdictOf(machine: Machine, commands: readonly Command[]): EvilVerdict {
  const schedule = { machine, commands };
  const premises = { machine, declared: machine.declared, strict: NOTHING, schedule };
  const [skips, right] = play(SUBJECT, schedule, LAWS, premises);
  if (skips === undefined || right === undefined) return 'vacuous';
  if (skips.kind === 'vacuous' || right.kind === 'vacuous') return 'vacuous';
  if (skips.kind === 'holds') return right.kind === 'holds' ? 'both-kept' : 'monotonic-kept';
  return right.kind === 'holds' ? 'realtime-kept' : 'neither';
}

const NOTHING: ReadonlySet<never> = new Set();
