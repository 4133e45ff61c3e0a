import {
  type ClockId,
  HRTIMER_CLOCKS,
  type HrtimerClockId,
  type ReadPath,
} from '../contract/clock.js';
import type { CommandOf } from '../contract/schedule.js';
import type { Cycles, Ns } from '../contract/units.js';
import { fastCounter, readFast } from './fast-timekeeper.js';
import type { HrtimerOffsets } from './readers.js';
import { isSteppedClock, type Words } from './shared-words.js';
import { hostToTimens, type TimensOffsets } from './timens.js';
import { cyclesToNs, ktime, TkReadBase } from './tk-read-base.js';
import type { Vcpu } from './vcpu.js';
import { readVdso } from './vdso-page.js';
import type { Vm } from './vm.js';

/** What the reader of one clock makes of the words it has loaded. */
export function nsOfWords(vm: Vm, words: Words, counter: Cycles): Ns {
  const tkr = new TkReadBase(vm.timekeeper.tkrMono.clock);
  tkr.cycleLast = words.cycleLast;
  tkr.mult = words.mult;
  tkr.xtimeNsec = words.xtimeNsec;
  return ktime(words.base + cyclesToNs(vm.rules, tkr, counter));
}

/** A read by the system call that nobody interrupts; `via`: the path on which the caller came to it. */
export function readDirect(vm: Vm, vcpu: Vcpu, clock: ClockId, via: ReadPath): void {
  const counter = vm.counter(vcpu);
  const sampled = isSteppedClock(clock) ? counter : null;
  say(vm, vcpu, clock, via, vm.timekeeper.read(clock, counter), sampled);
}

/**
 * A read of the vDSO page, in one step. False: it has to fall back to the system call, which the
 * event of that read does not tell, as the caller did not choose it.
 *
 * A tick that is stopped with the timekeeper's sequence odd has been through the page already, the
 * first thing that it updates, and no reader of the page waits for it.
 */
export function readPage(vm: Vm, vcpu: Vcpu, clock: ClockId): boolean {
  const counter = vm.counter(vcpu);
  const ns = readVdso(vm.timekeeper.vdsoPage(), clock, counter, vm.rules);
  if (ns === null) return false;
  say(vm, vcpu, clock, 'vdso', ns, isSteppedClock(clock) ? counter : null);
  return true;
}

/**
 * A read by the NMI-safe latch, in one step, wherever this vCPU or a writer is: no sequence stops
 * it. While the guest is suspended it shows the moment of suspend. Why not, if it can not be.
 *
 * The latches change within the timekeeper's write section, before its words: of a tick that is
 * stopped with the sequence odd and no word stored an NMI finds the old copy.
 */
export function readLatch(vm: Vm, vcpu: Vcpu, clock: ClockId): string | undefined {
  if (!isSteppedClock(clock)) return 'no NMI-safe reader shows a coarse clock';
  const { timekeeper } = vm;
  const counter = vm.counter(vcpu);
  const old = vm.words.oldLatch(clock);
  const ns = old === undefined ? readFast(timekeeper, clock, counter) : nsOfWords(vm, old, counter);
  say(vm, vcpu, clock, 'nmi', ns, fastCounter(timekeeper, counter));
  return undefined;
}

/**
 * A clock as the expiry code of this vCPU's hrtimers sees it: with the offsets that the vCPU keeps, and
 * of REALTIME with the leap second that the tick has yet to carry out. Why not, if it can not be.
 */
export function readTimerBase(vm: Vm, vcpu: Vcpu, clock: ClockId): string | undefined {
  if (!isTimerClock(clock)) return `no hrtimer runs on ${clock}`;
  const counter = vm.counter(vcpu);
  const { timerOffsets } = vcpu;
  const now = vm.timekeeper.updateOffsetsNow(timerOffsets, counter);
  const ns = ktime(now + offsetOf(timerOffsets, clock));
  say(vm, vcpu, clock, 'timer-base', ns, counter);
  return undefined;
}

function isTimerClock(clock: ClockId): clock is HrtimerClockId {
  return (HRTIMER_CLOCKS as readonly ClockId[]).includes(clock);
}

function offsetOf({ offsReal, offsBoot, offsTai }: HrtimerOffsets, clock: HrtimerClockId): Ns {
  if (clock === 'CLOCK_REALTIME') return offsReal;
  if (clock === 'CLOCK_BOOTTIME') return offsBoot;
  return clock === 'CLOCK_TAI' ? offsTai : 0n;
}

/** The time stamp of a file: REALTIME as of the last update. As current_time(). */
export function readFileStamp(vm: Vm, vcpu: Vcpu, clock: ClockId): string | undefined {
  if (clock !== 'CLOCK_REALTIME_COARSE') return 'files are stamped with CLOCK_REALTIME_COARSE';
  readDirect(vm, vcpu, clock, 'file-stamp');
  return undefined;
}

/** A task inside the VM's time namespace reads, by the system call or the vDSO. */
export function readInside(
  vm: Vm,
  vcpu: Vcpu,
  offsets: TimensOffsets,
  { clock, via }: CommandOf<'read'>,
): void {
  const counter = vm.counter(vcpu);
  const page = via === 'vdso' ? vm.timekeeper.vdsoPage() : undefined;
  const onPage = page === undefined ? null : readVdso(page, clock, counter, vm.rules);
  const hostNs = onPage ?? vm.timekeeper.read(clock, counter);
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'namespace-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    clock,
    via: page === undefined ? 'syscall' : 'vdso',
    ns: hostToTimens(clock, hostNs, offsets),
    counter: isSteppedClock(clock) ? counter : null,
  });
}

function say(
  vm: Vm,
  vcpu: Vcpu,
  clock: ClockId,
  via: ReadPath,
  ns: Ns,
  counter: Cycles | null,
): void {
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'clock-read',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    clock,
    via,
    ns,
    counter,
  });
}
