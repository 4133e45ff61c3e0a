import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { type Hrtimer, SCHED_TICK } from './hrtimer.js';
import { clockWasSet, monotonicOn, reprogram } from './programming.js';
import { remapRaw } from './raw-timers.js';
import { tickDirect } from './ticks.js';
import { CLOCK_WAS_SET_DELAYED } from './tk-core.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** Nobody keeps time: whoever did stopped its tick. TICK_DO_TIMER_NONE. */
const NOBODY = -1;

/** For so many of its ticks a vCPU bears with jiffies that stand still. */
const MAX_STALLED_JIFFIES = 5;

/** What the vCPUs of a guest share of their ticks. */
export class Jiffies {
  /** The vCPU that updates the timekeeper, or {@link NOBODY}. `tick_do_timer_cpu`. */
  keeper = 0;
  /** MONOTONIC of the last period counted, `last_jiffies_update`. */
  lastUpdate: Ns = 0n;
  /** MONOTONIC from which on the next one counts. */
  nextPeriod: Ns = 0n;
  /** Periods counted since boot. */
  count = 0n;

  clone(): Jiffies {
    return Object.assign(new Jiffies(), this);
  }
}

function tickNsOf(vm: Vm): Ns {
  return NSEC_PER_SEC / BigInt(vm.world.machine.hz);
}

/** Starts the tick of every vCPU, where the device makes ticks. As tick_setup_sched_timer(). */
export function startTick(vm: Vm): void {
  const [keeper] = vm.vcpus;
  const { tick, nohz } = vm.world.machine;
  if (keeper === undefined || tick !== 'clockevent') return;
  const now = monotonicOn(vm, keeper);
  vm.jiffies.lastUpdate = now;
  vm.jiffies.nextPeriod = now + tickNsOf(vm);
  for (const vcpu of vm.vcpus) {
    vcpu.lastTick = now;
    // With nohz_full only who keeps time has a tick at all.
    vcpu.tickStopped = nohz === 'full' && vcpu !== keeper;
    if (vcpu.tickStopped) continue;
    vcpu.hrtimers.enqueue(tickAfter(vm, now, now));
    reprogram(vm, vcpu);
  }
}

/** The next tick after `now` on the grid of `expires`. As hrtimer_forward(). */
function tickAfter(vm: Vm, expires: Ns, now: Ns): Hrtimer {
  const tickNs = tickNsOf(vm);
  return tickAt(now < expires ? expires : expires + ((now - expires) / tickNs + 1n) * tickNs);
}

function tickAt(expires: Ns): Hrtimer {
  return {
    timer: SCHED_TICK,
    clock: 'CLOCK_MONOTONIC',
    base: 'CLOCK_MONOTONIC',
    softexpires: expires,
    expires,
    intervalNs: 0n,
    rawNs: 0n,
    wakes: false,
  };
}

/**
 * The tick of a vCPU: who keeps time updates the timekeeper, and who finds that nobody does takes
 * that over. As tick_sched_do_timer().
 *
 * @param now MONOTONIC as the interrupt read it
 * @returns whether it kept time.
 */
export function schedTick(vm: Vm, vcpu: Vcpu, expires: Ns, now: Ns): boolean {
  const { jiffies } = vm;
  const at = vcpu.actor.vcpu;
  if (jiffies.keeper === NOBODY && vm.world.machine.nohz !== 'full') jiffies.keeper = at;
  let kept = jiffies.keeper === at && updateJiffies(vm, vcpu, now);
  if (vcpu.seenJiffies !== jiffies.count) vcpu.stalledJiffies = 0;
  else if (++vcpu.stalledJiffies === MAX_STALLED_JIFFIES) {
    kept = updateJiffies(vm, vcpu, now) || kept;
    vcpu.stalledJiffies = 0;
  }
  vcpu.seenJiffies = jiffies.count;
  vcpu.hrtimers.enqueue(tickAfter(vm, expires, now));
  remapRaw(vm, vcpu);
  return kept;
}

/** Counts the periods that have passed, if any, and updates the timekeeper. As tick_do_update_jiffies64(). */
function updateJiffies(vm: Vm, vcpu: Vcpu, now: Ns): boolean {
  const { jiffies } = vm;
  // Another vCPU that was stopped in its tick holds the lock: it has accounted for the time.
  if (now < jiffies.nextPeriod || vm.lockHolder !== undefined) return false;
  const tickNs = tickNsOf(vm);
  const periods = 1n + (now - jiffies.nextPeriod) / tickNs;
  jiffies.lastUpdate += periods * tickNs;
  jiffies.nextPeriod = jiffies.lastUpdate + tickNs;
  jiffies.count += periods;
  tickDirect(vm, vcpu);
  tellTimers(vm);
  return true;
}

/** What a tick has done to the clock, the timers learn: a leap second moved REALTIME. As clock_was_set_delayed(). */
function tellTimers(vm: Vm): void {
  if ((vm.timekeeper.takeClockWasSet() & CLOCK_WAS_SET_DELAYED) === 0) return;
  if (vm.rules.leapSetsClock) clockWasSet(vm);
}

/** A tick that was a command of the schedule, or was taken step by step, came to its end. */
export function tickEnded(vm: Vm, vcpu: Vcpu): void {
  tellTimers(vm);
  remapRaw(vm, vcpu);
}

/** Nothing to run: the vCPU halts, without its tick where the guest has NOHZ. As tick_nohz_idle_enter(). */
export function idle(vm: Vm, vcpu: Vcpu): undefined {
  const { tick, nohz } = vm.world.machine;
  vcpu.halted = true;
  if (tick === 'clockevent' && nohz !== 'off') stopTick(vm, vcpu);
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'vcpu-idle',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    tickStopped: tick === 'clockevent' && vcpu.tickStopped,
    pending: vcpu.hrtimers.size,
  });
}

/**
 * The tick stops for as long as the clocksource allows; only of who keeps time, or did so last, is
 * that any less than for good. As tick_nohz_next_event() and tick_nohz_stop_tick().
 */
function stopTick(vm: Vm, vcpu: Vcpu): void {
  const { jiffies } = vm;
  const at = vcpu.actor.vcpu;
  const running = vcpu.hrtimers.get(SCHED_TICK);
  const isKeeper = jiffies.keeper === at;
  if (running === undefined || (isKeeper && vm.world.machine.nohz === 'full')) return;
  vcpu.lastTick = running.expires;
  vcpu.tickStopped = true;
  if (isKeeper) {
    jiffies.keeper = NOBODY;
    vcpu.keptLast = true;
  } else if (jiffies.keeper !== NOBODY) vcpu.keptLast = false;
  const isLimited = jiffies.keeper === NOBODY && vcpu.keptLast;
  // Counted from the last period, not from now.
  if (isLimited) vcpu.hrtimers.enqueue(tickAt(jiffies.lastUpdate + vm.maxIdleNs));
  else vcpu.hrtimers.remove(SCHED_TICK);
  reprogram(vm, vcpu);
}

/** The guest is entered again: what waits for it while it runs does, or whatever was given up is looked at anew. */
function enter(vm: Vm, vcpu: Vcpu): void {
  const { deadlineTimer } = vm;
  if (deadlineTimer === undefined) return;
  if (deadlineTimer.by !== 'hrtimer' || vcpu.dueNs === undefined) vm.findDueOf(vcpu);
}

/** An interrupt ends the halt: time goes on before its handler runs. As tick_irq_enter(). */
export function wake(vm: Vm, vcpu: Vcpu): void {
  vcpu.halted = false;
  enter(vm, vcpu);
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'vcpu-woken',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
  });
  const canRead = !vm.words.isWriting && !vm.timekeeper.suspended;
  if (!vcpu.tickStopped || !canRead || vm.world.machine.nohz === 'full') return;
  updateJiffies(vm, vcpu, monotonicOn(vm, vcpu));
}

/** The handler is through and there is something to run: the tick goes on. As tick_nohz_idle_exit(). */
export function restartTick(vm: Vm, vcpu: Vcpu): void {
  const { tick, nohz } = vm.world.machine;
  if (!vcpu.tickStopped || tick !== 'clockevent' || nohz === 'full') return;
  vcpu.tickStopped = false;
  vcpu.hrtimers.enqueue(tickAfter(vm, vcpu.lastTick, monotonicOn(vm, vcpu)));
  reprogram(vm, vcpu);
}

/** A task is to run on a vCPU that may be halted. */
export function wakeForTask(vm: Vm, vcpu: Vcpu): void {
  if (!vcpu.halted) return;
  wake(vm, vcpu);
  restartTick(vm, vcpu);
}
