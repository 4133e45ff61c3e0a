import type { CommandOf, HeldCause, HoldCause } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** A stretch in which a vCPU takes no interrupts though it runs. */
export interface Hold {
  readonly cause: HoldCause;
  /** True time of its end while the vCPU runs; else what is left of it, ns. */
  readonly endNs: Ns;
}

/** Begins one. @returns why there is none. */
export function holdInterrupts(
  vm: Vm,
  vcpu: Vcpu,
  { ns, cause }: CommandOf<'hold-interrupts'>,
): string | undefined {
  if (ns === 0n) return 'it is over at once';
  if (vcpu.hold !== undefined) return 'its interrupts are held already';
  vcpu.hold = { cause, endNs: vm.world.nowNs + ns };
  sayHold(vm, vcpu, 'interrupts-held', cause);
  return undefined;
}

/** Ends it: what came meanwhile can be delivered. */
export function releaseInterrupts(vm: Vm, vcpu: Vcpu): void {
  const { hold } = vcpu;
  if (hold === undefined) return;
  vcpu.hold = undefined;
  sayHold(vm, vcpu, 'interrupts-released', hold.cause);
}

/** Its handler would read the clock: not while a writer is stopped with the sequence odd, nor in the middle of an operation. */
export function canInterrupt(vm: Vm, vcpu: Vcpu): boolean {
  return (
    vcpu.running &&
    vcpu.hold === undefined &&
    vcpu.operation === undefined &&
    !vm.words.isWriting &&
    !vm.timekeeper.suspended
  );
}

/** Why a vCPU that is held does not do what it was asked for; undefined: it does. */
export function heldFrom({ hold }: Vcpu, kind: string, isNmi: boolean): string | undefined {
  if (hold === undefined) return undefined;
  if (hold.cause === 'smi') return 'the vCPU is in an SMI';
  if (hold.cause === 'nmi') return isNmi ? undefined : 'the vCPU is in an NMI';
  return IN_NEED_OF_INTERRUPTS.has(kind) ? 'interrupts are off on the vCPU' : undefined;
}

const IN_NEED_OF_INTERRUPTS: ReadonlySet<string> = new Set([
  'tick',
  'idle',
  'guest-suspend',
  'guest-resume',
]);

/** Tells that it takes none, or takes them again. */
export function sayHold(
  vm: Vm,
  vcpu: Vcpu,
  kind: 'interrupts-held' | 'interrupts-released',
  cause: HeldCause,
): void {
  const { nowNs } = vm.world;
  vm.emit({
    kind,
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    cause,
  });
}
