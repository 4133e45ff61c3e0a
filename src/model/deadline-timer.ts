import type { Emit } from '../contract/event.js';
import type { HostId } from '../contract/machine.js';
import type { CommandOf } from '../contract/schedule.js';
import { ADJ_FREQUENCY, ADJ_TICK, NOMINAL_TICK, SCALED_PPM } from '../contract/timex.js';
import { u64 } from '../math/u64.js';
import { armHostTimer, isHostTimed } from './host-timer.js';
import { hrtimerInterrupt } from './hrtimer-interrupt.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';
import type { World } from './world.js';

const MAX_FREQ = 500n * SCALED_PPM;
/** 1 us per 1/100 s is 100 ppm. */
const PPB_PER_TICK = 100_000n;
const LEAST_TICK = 9_000n;
const MOST_TICK = 11_000n;

/**
 * The timer that waits for a vCPU's deadline is through. A device of its own interrupts; a host that
 * emulates it finds, where its MONOTONIC runs fast, that the guest's counter is not there yet.
 *
 * @returns as hrtimerInterrupt()
 */
export function deadlineReached(vm: Vm, vcpu: Vcpu): number {
  const { deadlineTimer } = vm;
  if (deadlineTimer === undefined) return hrtimerInterrupt(vm, vcpu);
  if (isShort(vm, vcpu)) {
    switch (vm.rules.earlyDeadline(deadlineTimer.early)) {
      case 're-arm':
        armHostTimer(vm, vcpu);
        return 0;
      case 'forget':
        return checkedOnly(vm, vcpu);
      // Whether what is remembered is that the timer is through, or that an interrupt is pending: the
      // guest, which enters at once, is given it.
      case 'record':
      case 'inject':
        break;
    }
  }
  sayInterrupt(vm, vcpu);
  return hrtimerInterrupt(vm, vcpu);
}

function isShort(vm: Vm, vcpu: Vcpu): boolean {
  const { deadline } = vcpu.clockevent;
  return deadline !== undefined && vm.wideCounter(vcpu) < deadline;
}

/**
 * The host's timer is through, and only the guest's counter is asked whether the guest's is: a vCPU that
 * runs enters the guest, and is waited for again; the thread of one that halted goes back to sleep, and
 * nothing is left that would wake it.
 */
function checkedOnly(vm: Vm, vcpu: Vcpu): number {
  if (vcpu.halted) {
    vcpu.hostExpires = undefined;
    vcpu.dueNs = undefined;
    sayBlocked(vm, vcpu);
  } else armHostTimer(vm, vcpu);
  return 0;
}

/** The vCPU halted: from here on an hrtimer of the host waits for its deadline. */
export function block(vm: Vm, vcpu: Vcpu): void {
  if (vm.deadlineTimer === undefined) return;
  if (vm.deadlineTimer.by !== 'hrtimer') vm.findDueOf(vcpu);
  sayBlocked(vm, vcpu);
}

function sayBlocked(vm: Vm, vcpu: Vcpu): void {
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'vcpu-blocked',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    interruptPending: vcpu.dueNs !== undefined && vcpu.dueNs <= nowNs,
    // Where the VMM stopped the counters their start arms it.
    hostTimerArmed: vcpu.dueNs !== undefined || vm.stoppedCounter !== undefined,
  });
}

/** The interrupt disarms the guest's timer. */
function sayInterrupt(vm: Vm, vcpu: Vcpu): void {
  vcpu.saidDeadline = undefined;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'deadline-interrupt',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    counter: u64(vm.wideCounter(vcpu)),
  });
}

/**
 * adjtimex(2) on a host, of which its CLOCK_MONOTONIC has the frequency and the tick, and at once: what
 * its timers wait for comes earlier or later.
 *
 * @returns why it means nothing
 */
export function hostAdjtimex(
  world: World,
  vms: readonly Vm[],
  { actor, timex }: CommandOf<'host-adjtimex'>,
  emit: Emit,
): string | undefined {
  const rates = world.rates[actor.host];
  if (rates === undefined) return `the machine has no host ${actor.host}`;
  if ((timex.modes & (ADJ_FREQUENCY | ADJ_TICK)) === 0) return 'it asks for no rate';
  let { freq, tick } = rates;
  if ((timex.modes & ADJ_TICK) !== 0) tick = timex.tick ?? 0n;
  if (tick < LEAST_TICK || tick > MOST_TICK) return 'the host refuses such a tick';
  if ((timex.modes & ADJ_FREQUENCY) !== 0) freq = clampFreq(timex.freq ?? 0n);
  const ratePpb = (tick - NOMINAL_TICK) * PPB_PER_TICK + (freq * 1_000n) / SCALED_PPM;
  world.setRate(actor.host, { freq, tick, ratePpb });
  emit({
    kind: 'host-ntp-adjusted',
    actor,
    incarnation: 0,
    earliestNs: world.nowNs,
    latestNs: world.nowNs,
    timex,
    ratePpb,
  });
  for (const vm of vms) if (vm.host === actor.host) waitAnew(vm, actor.host);
  return undefined;
}

/** An hrtimer keeps its expiry on the host's MONOTONIC, and this has changed its rate. */
function waitAnew(vm: Vm, host: HostId): void {
  for (const vcpu of vm.vcpus) {
    if (!isHostTimed(vm, vcpu) || vcpu.hostExpires === undefined) continue;
    vcpu.dueNs = vm.world.instantOnMonotonic(host, vcpu.hostExpires);
  }
}

function clampFreq(freq: bigint): bigint {
  if (freq > MAX_FREQ) return MAX_FREQ;
  return freq < -MAX_FREQ ? -MAX_FREQ : freq;
}
