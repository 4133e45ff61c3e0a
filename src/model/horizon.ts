import { u64 } from '../math/u64.js';
import type { Horizon } from './designs/design.js';
import { sayTimekeeper } from './publications.js';
import { rebaseCounter } from './stop-updates.js';
import { tickDirect } from './ticks.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/**
 * A reader of the system's clocks that goes no further than `maxDelta` cycles past the last update: beyond
 * it waits for the writer, who takes the clock up to now, or, where it finds the counter behind, goes on
 * from where the clock was.
 *
 * @returns why it reads nothing, if so.
 */
export function waitForHorizon(vm: Vm, vcpu: Vcpu): string | undefined {
  const horizon = vm.design.guest?.horizon;
  if (horizon === undefined || !isBeyond(vm, vcpu, horizon)) return undefined;
  if (horizon.onBeyond === 'wait-with-interrupts-off' || !canTick(vm, vcpu)) {
    return waits(vm, vcpu, 'it retries until a tick that this vCPU would have to take');
  }
  const isBehind = BigInt.asIntN(64, vm.counter(vcpu) - vm.timekeeper.tkrMono.cycleLast) < 0n;
  if (isBehind && horizon.rebases) {
    rebaseCounter(vm.timekeeper, vm.counter(vcpu));
    vm.words.version++;
    sayTimekeeper(vm, vcpu);
  } else tickDirect(vm, vcpu);
  return undefined;
}

function isBeyond(vm: Vm, vcpu: Vcpu, { maxDelta }: Horizon): boolean {
  return u64(vm.counter(vcpu) - vm.timekeeper.tkrMono.cycleLast) >= maxDelta;
}

function canTick(vm: Vm, vcpu: Vcpu): boolean {
  return vcpu.hold === undefined && vm.lockHolder === undefined && !vm.words.isWriting;
}

function waits(vm: Vm, vcpu: Vcpu, because: string): string {
  vm.emit({
    kind: 'reader-waited',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    program: 'seqcount',
    because,
  });
  return because;
}
