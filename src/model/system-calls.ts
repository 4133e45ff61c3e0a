import type { NtpTime } from '../contract/event.js';
import type { CommandOf } from '../contract/schedule.js';
import { ADJ_FREQUENCY, ADJ_SETOFFSET, ADJ_TICK, STA_NANO } from '../contract/timex.js';
import type { Cycles } from '../contract/units.js';
import { u64 } from '../math/u64.js';
import type { TimexResult } from './adjtimex.js';
import { clockWasSet, reprogram } from './programming.js';
import { sayTimekeeper, wakeWatchers } from './publications.js';
import { sayPublished, saySampled } from './ticks.js';

import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** clock_settime(CLOCK_REALTIME). As do_settimeofday64(). */
export function settime(
  vm: Vm,
  vcpu: Vcpu,
  { sec, nsec }: Pick<CommandOf<'settime'>, 'sec' | 'nsec'>,
  byDesign = false,
): undefined {
  const counter = vm.counter(vcpu);
  const before = vm.timekeeper.realtime(counter);
  const { vdsoSeq } = vm.timekeeper;
  const ret = vm.timekeeper.settime(sec, nsec, counter);
  // A refusal publishes too where it came late, on the kernels that change the published copy.
  if (vm.timekeeper.vdsoSeq !== vdsoSeq) vm.words.version++;
  vm.emit({
    kind: 'clock-set',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    sec,
    nsec,
    ret,
    stepNs: vm.timekeeper.realtime(counter) - before,
    ...(byDesign ? { byDesign } : undefined),
  });
  if (vm.timekeeper.vdsoSeq !== vdsoSeq) sayTimekeeper(vm, vcpu);
  wakeWatchers(vm, vcpu);
  clockWasSet(vm);
}

/** adjtimex(2); a new frequency or tick is in force at once. As do_adjtimex(). */
export function adjtimex(
  vm: Vm,
  vcpu: Vcpu,
  { timex }: Pick<CommandOf<'adjtimex'>, 'timex'>,
): undefined {
  const counter = vm.counter(vcpu);
  const { mult } = vm.timekeeper.tkrMono;
  const { vdsoSeq } = vm.timekeeper;
  const result = vm.timekeeper.adjtimex(timex, counter);
  // Whatever it changed, the sequence moved on: a reader under way reads again.
  if (result.ret >= 0 || vm.timekeeper.vdsoSeq !== vdsoSeq) vm.words.version++;
  const { nowNs } = vm.world;
  vm.emit({
    kind: 'ntp-adjusted',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    timex,
    ret: result.ret,
    freq: result.freq,
    tick: result.tick,
    status: result.status,
    constant: result.constant,
    offset: result.offset,
    ...(result.ret < 0 ? undefined : { at: timeOf(result, counter) }),
  });
  const isNewRate = result.ret >= 0 && (timex.modes & (ADJ_FREQUENCY | ADJ_TICK)) !== 0;
  if (isNewRate) {
    saySampled(vm, vcpu, counter, mult);
    sayPublished(vm, vcpu);
  } else if (vm.timekeeper.vdsoSeq !== vdsoSeq) sayTimekeeper(vm, vcpu);
  wakeWatchers(vm, vcpu);
  if ((timex.modes & ADJ_SETOFFSET) !== 0) {
    if (vm.rules.setoffsetTellsTimers) clockWasSet(vm);
    return;
  }
  // A leap second that is called off moves what the timers foresee.
  for (const each of vm.vcpus) {
    if (each.running) reprogram(vm, each);
    else each.owesReprogram = true;
  }
}

function timeOf({ status, timeSec, timeUsec, tai }: TimexResult, counter: Cycles): NtpTime {
  const nsec = (status & STA_NANO) === 0 ? timeUsec * 1_000n : timeUsec;
  return { counter, sec: timeSec, nsec, tai };
}

/** ktime_get_snapshot(), and the clocks it leaves out. */
export function snapshot(vm: Vm, vcpu: Vcpu): undefined {
  const counter = vm.counter(vcpu);
  const { timekeeper } = vm;
  vm.history = timekeeper.snapshot(counter);
  vm.emit({
    kind: 'snapshot-taken',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    counter,
    monotonicNs: timekeeper.monotonic(counter),
    rawNs: timekeeper.raw(counter),
    boottimeNs: timekeeper.boottime(counter),
    realtimeNs: timekeeper.realtime(counter),
    taiNs: timekeeper.tai(counter),
    mult: timekeeper.tkrMono.mult,
  });
}

/** get_device_system_crosststamp(): the device captured the counter a moment ago. */
export function crossTimestamp(
  vm: Vm,
  vcpu: Vcpu,
  { cyclesAgo, history }: CommandOf<'cross-timestamp'>,
): undefined {
  const counter = vm.counter(vcpu);
  const kept = history ? vm.history : undefined;
  const device = u64(counter - cyclesAgo) & vm.timekeeper.tkrMono.mask;
  const { ret, real, raw } = vm.timekeeper.crosststamp(device, kept, counter);
  vm.emit({
    kind: 'cross-timestamped',
    actor: vcpu.actor,
    incarnation: vm.incarnation,
    earliestNs: vm.world.nowNs,
    latestNs: vm.world.nowNs,
    device,
    counter,
    history: kept?.cycles ?? null,
    ret,
    realtimeNs: real,
    rawNs: raw,
  });
}
