import type { CommandOf } from '../contract/schedule.js';
import { ADJ_FREQUENCY, ADJ_TICK } from '../contract/timex.js';
import { sayPublished, saySampled } from './ticks.js';
import { clockWasSet } from './timers.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

/** clock_settime(CLOCK_REALTIME). As do_settimeofday64(). */
export function settime(vm: Vm, vcpu: Vcpu, { sec, nsec }: CommandOf<'settime'>): undefined {
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
  });
  clockWasSet(vm);
}

/** adjtimex(2); a new frequency or tick is in force at once. As do_adjtimex(). */
export function adjtimex(vm: Vm, vcpu: Vcpu, { timex }: CommandOf<'adjtimex'>): undefined {
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
  });
  const isNewRate = result.ret >= 0 && (timex.modes & (ADJ_FREQUENCY | ADJ_TICK)) !== 0;
  if (isNewRate) {
    saySampled(vm, vcpu, counter, mult);
    sayPublished(vm, vcpu);
  }
  clockWasSet(vm);
}

/** ktime_get_snapshot(), and the clocks it leaves out. */
export function snapshot(vm: Vm, vcpu: Vcpu): undefined {
  const counter = vm.counter(vcpu);
  const { timekeeper } = vm;
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
