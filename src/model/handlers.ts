import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { max } from '../math/u64.js';
import type { Handler } from './designs/design.js';
import { canInterrupt } from './hold.js';
import { clockWasSet } from './programming.js';
import { sayTimekeeper, wakeWatchers } from './publications.js';
import { keptFromTasks } from './signs.js';
import { forwardClocks, forwardInPlace, injectStop, subtractStop } from './stop-updates.js';
import { settime } from './system-calls.js';
import { wakeForTask } from './tick-sched.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Whether the vCPU could take the interrupt of a design now: its handler takes the timekeeper's lock. */
export function canHandle(vm: Vm, vcpu: Vcpu): boolean {
  return vcpu.pendingIrq && vm.lockHolder === undefined && canInterrupt(vm, vcpu);
}

/** Takes the interrupt of the design that waits at the vCPU, if it can be taken. */
export function takeInterrupt(vm: Vm, vcpu: Vcpu): void {
  if (!canHandle(vm, vcpu)) return;
  vcpu.pendingIrq = false;
  wakeForTask(vm, vcpu);
  const handler = vm.design.guest?.handler;
  if (handler?.when === 'work-item') vm.guest.hasWork = true;
  else if (handler !== undefined) handle(vm, vcpu, handler);
  tellHandled(vm);
}

/** Takes the NMI that waits: it comes anywhere, and what it may do is ask for an interrupt. As irq_work_queue(). */
export function takeNmi(vm: Vm, vcpu: Vcpu): void {
  const { pendingNmi, running, hold } = vcpu;
  if (!pendingNmi || !running || hold?.cause === 'nmi' || hold?.cause === 'smi') return;
  vcpu.pendingNmi = false;
  if (vm.design.guest?.handler?.when === 'nmi') handleInNmi(vm, vcpu);
  else vcpu.pendingIrq = true;
  takeInterrupt(vm, vcpu);
  tellHandled(vm);
}

/** The vCPU that runs what was put off; undefined: nothing was, or none can. */
export function workerOf(vm: Vm): Vcpu | undefined {
  if ((!vm.guest.hasWork && !vm.guest.agentWaits) || vm.lockHolder !== undefined) return undefined;
  return vm.vcpus.find((vcpu) => keptFromTasks(vm, vcpu) === undefined);
}

/** Runs the work item of the handler, or the agent, there. @returns why nothing ran, if so. */
export function runDeferred(vm: Vm, vcpu: Vcpu): string | undefined {
  const { guest } = vm;
  if (!guest.hasWork && !guest.agentWaits) return 'nothing was put off';
  const kept = keptFromTasks(vm, vcpu);
  if (kept !== undefined) return kept;
  if (vm.lockHolder !== undefined) return 'another vCPU holds the timekeeper';
  wakeForTask(vm, vcpu);
  const handler = vm.design.guest?.handler;
  if (guest.hasWork && handler !== undefined) handle(vm, vcpu, handler);
  if (guest.agentWaits) stepRealtime(vm, vcpu);
  guest.hasWork = false;
  guest.agentWaits = false;
  tellHandled(vm);
  return undefined;
}

/** An agent in the guest is asked to set the clock: it does so as soon as it can run. */
export function askAgent(vm: Vm): void {
  vm.guest.agentWaits = true;
  const worker = workerOf(vm);
  if (worker !== undefined) runDeferred(vm, worker);
}

/** The host's list has ended and every handler has completed: tells so, once. */
export function tellHandled(vm: Vm): void {
  const { away, guest } = vm;
  if (!away.owesHandled || guest.hasWork || guest.agentWaits) return;
  for (const vcpu of vm.vcpus) {
    if (!vcpu.running || vcpu.pendingIrq || vcpu.pendingNmi) return;
  }
  away.owesHandled = false;
  away.isUnhandled = false;
  vm.emit({
    kind: 'stop-handled',
    actor: vm.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
  });
}

/** The host adds the length of the stop to the total that the guest reads: as its first vCPU enters, or now if one runs. */
export function writeStoppedTime(vm: Vm): void {
  if (vm.isStopped) vm.away.writesPage = true;
  else vm.guest.pageTotalNs = vm.away.toldNs;
}

/** What KVM does before a vCPU enters. */
export function prepareEntry(vm: Vm, vcpu: Vcpu): void {
  const { away, world, host, clocks } = vm;
  const at = vcpu.actor.vcpu;
  away.end(world, host);
  if (away.asksOf(at)) {
    const cycles = away.takeOut(at, world.hostOf(host).counterHz / 1_000n);
    if (cycles !== 0n) {
      clocks.kvm.adjustOffset(at, -cycles);
      vm.findDueOf(vcpu);
      clocks.sayCounter(vcpu, 'host-write');
    }
    clocks.takeOut(vcpu, away.takeOutOfKvmclock());
  }
  if (!away.writesPage) return;
  away.writesPage = false;
  vm.guest.pageTotalNs = away.toldNs;
}

function handle(vm: Vm, vcpu: Vcpu, { does, clearsNtp, setsClock }: Handler): void {
  const counter = vm.counter(vcpu);
  switch (does) {
    case 'inject-sleep': {
      const stoppedNs = readStoppedTime(vm, vcpu, 'suspend-time-page');
      if (stoppedNs <= 0n) return;
      injectStop(vm.timekeeper, counter, stoppedNs, clearsNtp);
      break;
    }
    case 'subtract-drift': {
      const stoppedNs = readStoppedTime(vm, vcpu, 'drift-page');
      if (stoppedNs <= 0n) return;
      subtractStop(vm.timekeeper, counter, stoppedNs);
      break;
    }
    case 'note-stop':
      readStoppedTime(vm, vcpu, 'drift-page');
      return;
    case 'step-realtime':
      stepRealtime(vm, vcpu);
      return;
    case 'forward-monotonic':
      forwardClocks(vm.timekeeper, counter, behindHost(vm, vcpu));
      break;
    case 'acknowledge':
      vm.clocks.acknowledged();
      return;
  }
  vm.words.version++;
  sayTimekeeper(vm, vcpu);
  if (setsClock) wakeWatchers(vm, vcpu);
  // Who moves the clock without a word leaves the devices as they are.
  if (does !== 'forward-monotonic') clockWasSet(vm);
}

/** The timekeeper is written to from an NMI, which is forbidden: seed 000, "you cannot do anything time related in an NMI". */
function handleInNmi(vm: Vm, vcpu: Vcpu): void {
  if (vm.timekeeper.suspended) return;
  const { nowNs } = vm.world;
  if (vm.words.isWriting && vm.lockHolder === vcpu) {
    vm.emit({
      kind: 'reader-waited',
      actor: vcpu.actor,
      incarnation: vm.incarnation,
      earliestNs: nowNs,
      latestNs: nowNs,
      program: 'seqcount',
      because: 'the NMI interrupted the writer whose end it waits for',
    });
    return;
  }
  forwardInPlace(vm.timekeeper, vm.counter(vcpu), behindHost(vm, vcpu));
  if (vm.words.isWriting) return;
  vm.words.version++;
  sayTimekeeper(vm, vcpu);
}

/** What the total has grown by since a handler last looked, ns. */
function readStoppedTime(vm: Vm, vcpu: Vcpu, by: string): Ns {
  const { guest } = vm;
  const totalNs = guest.pageTotalNs;
  vm.emit({
    kind: 'stopped-time-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    by,
    totalNs,
  });
  const grownNs = totalNs - guest.takenTotalNs;
  guest.takenTotalNs = totalNs;
  return grownNs;
}

/** REALTIME of the host, ns. */
function hostRealtime({ world, host }: Vm): Ns {
  return world.realtime(host);
}

function behindHost(vm: Vm, vcpu: Vcpu): Ns {
  return max(0n, hostRealtime(vm) - vm.timekeeper.realtime(vm.counter(vcpu)));
}

function stepRealtime(vm: Vm, vcpu: Vcpu): void {
  const realtimeNs = hostRealtime(vm);
  const [sec, nsec] = [realtimeNs / NSEC_PER_SEC, realtimeNs % NSEC_PER_SEC];
  settime(vm, vcpu, { sec, nsec }, true);
}
