import type { ReadPath } from '../contract/clock.js';
import { u64 } from '../math/u64.js';
import type { GuardWord, PageWord } from '../programs/host-page.js';
import { type AcceptedRead, TIMEKEEPER_WORDS, type TimekeeperWord } from '../programs/seqcount.js';
import { sayHold } from './hold.js';
import { acceptPageRead, loadPageWord } from './host-page.js';
import { endCallback } from './hrtimer-interrupt.js';
import { Operation, type Step } from './operation.js';
import { nsOfWords } from './read-paths.js';
import { isSteppedClock, type SteppedClock } from './shared-words.js';
import { tickEnded } from './tick-sched.js';
import { sample, sayPublished } from './ticks.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** The words that a read accepts, in the order it takes them, by name. */
const ACCEPTED_WORDS: readonly string[] = ['counter', ...TIMEKEEPER_WORDS];

/** Begins a read that is taken step by step; only fine clocks have steps. */
export function beginRead(vm: Vm, vcpu: Vcpu, clock: SteppedClock, via: ReadPath): void {
  const counterFirst = vm.rules.readerSamplesCounterFirst;
  vcpu.operation = new Operation({ kind: 'read', clock, via, counterFirst }, vm.world.nowNs);
}

export function beginTick(vm: Vm, vcpu: Vcpu): void {
  vcpu.operation = new Operation({ kind: 'tick' }, vm.world.nowNs);
}

/**
 * Takes the operation of a vCPU on by `steps` accesses, or as far as it can go. A reader that spins
 * on a writer stopped in its write section can not end and stays.
 */
export function step(vm: Vm, vcpu: Vcpu, steps: number): void {
  takeSteps(vm, vcpu, steps);
  const isPreempted = vcpu.operation !== undefined;
  if (isPreempted === vcpu.preempted) return;
  vcpu.preempted = isPreempted;
  sayHold(vm, vcpu, isPreempted ? 'interrupts-held' : 'interrupts-released', 'preempted');
}

function takeSteps(vm: Vm, vcpu: Vcpu, steps: number): void {
  const { operation } = vcpu;
  if (operation === undefined) return;
  for (let left = steps; left > 0; left--) {
    const { access } = operation;
    if (access === undefined) break;
    const isOfPage = operation.of.kind === 'page-read';
    const spins =
      !isOfPage && access.kind === 'load' && access.word === 'seq' && vm.words.isWriting;
    const value = perform(vm, vcpu, operation, access);
    if (value === undefined) {
      if (vcpu.operation === operation) vcpu.operation = undefined;
      // A callback may have led to another one that stops.
      else if (steps === Number.POSITIVE_INFINITY) takeSteps(vm, vcpu, steps);
      return;
    }
    operation.give(value);
    if (spins && steps === Number.POSITIVE_INFINITY) return;
  }
  if (operation.access !== undefined) return;
  vcpu.operation = undefined;
  const { accepted, of } = operation;
  if (accepted === undefined) return;
  if (of.kind === 'page-read') {
    acceptPageRead(vm, vcpu, operation.beganNs, of.clock, accepted);
  } else if (of.kind === 'read' && isSteppedClock(of.clock)) {
    accept(vm, vcpu, operation, of.clock, of.via, accepted);
  }
}

/** The value loaded or sampled; undefined: the operation ends here. */
function perform(vm: Vm, vcpu: Vcpu, operation: Operation, access: Step): bigint | undefined {
  if (operation.of.kind === 'tick') return write(vm, vcpu, access);
  if (operation.of.kind === 'callback') {
    endCallback(vm, vcpu, operation.of, operation.beganNs);
    return undefined;
  }
  if (operation.of.kind === 'page-read') {
    // pageRead() loads only these.
    return access.kind === 'counter'
      ? u64(vm.wideCounter(vcpu))
      : loadPageWord(vm, access.word as PageWord | GuardWord);
  }
  if (access.kind === 'counter') {
    operation.versions.push(vm.words.version);
    return vm.counter(vcpu);
  }
  if (access.word === 'seq' || !isSteppedClock(operation.of.clock)) return vm.words.seq;
  const word = access.word as TimekeeperWord; // seqcountRead loads only these and the sequence
  const { value, version } = vm.words.load(vm.timekeeper, operation.of.clock, word);
  operation.versions.push(version);
  return value;
}

function write(vm: Vm, vcpu: Vcpu, access: Step): bigint | undefined {
  if (access.kind === 'counter') {
    if (!sample(vm, vcpu)) {
      tickEnded(vm, vcpu);
      return undefined;
    }
    vm.lockHolder = vcpu;
  } else if (access.word !== 'seq') {
    vm.words.storeWord();
  } else if (!vm.words.isWriting) {
    vm.words.beginWrite(vm.timekeeper);
    vm.timekeeper.publishTick();
  } else {
    vm.words.endWrite();
    vm.lockHolder = undefined;
    sayPublished(vm, vcpu);
    tickEnded(vm, vcpu);
  }
  return 0n;
}

function accept(
  vm: Vm,
  vcpu: Vcpu,
  operation: Operation,
  clock: SteppedClock,
  via: ReadPath,
  { counter, words }: AcceptedRead<TimekeeperWord>,
): void {
  vm.emit({
    kind: 'reader-accepted',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: operation.beganNs,
    latestNs: vm.world.nowNs,
    program: 'seqcount',
    words: ACCEPTED_WORDS,
    versions: operation.versions.slice(-ACCEPTED_WORDS.length),
  });
  vm.emit({
    kind: 'clock-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: operation.beganNs,
    latestNs: vm.world.nowNs,
    clock,
    via,
    ns: nsOfWords(vm, words, counter),
    counter,
  });
}
