import type { DaemonSpec, Sign, Signs } from '../contract/consumer.js';
import type { DaemonPolled } from '../contract/event-stop.js';
import type { CommandOf } from '../contract/schedule.js';
import { ADJ_NANO, ADJ_OFFSET, ADJ_STATUS, STA_PLL } from '../contract/timex.js';
import { NSEC_PER_SEC, type Ns } from '../contract/units.js';
import { abs, max, min } from '../math/u64.js';
import { utcNs } from '../math/utc.js';
import { MAXPHASE } from './ntp.js';
import { keptFromTasks, signsOf } from './signs.js';
import { adjtimex, settime } from './system-calls.js';
import { wakeForTask } from './tick-sched.js';
import type { Vcpu } from './vcpu.js';
import type { Vm } from './vm.js';

type Reaction = Pick<DaemonPolled, 'did' | 'believedErrorNs'>;

/**
 * The time daemon looks at the signs, at REALTIME and at its source, and does what its kind does about
 * the difference: laws.md, "Daemon".
 *
 * @returns why it did not look, if so.
 */
export function pollDaemon(vm: Vm, { on, actor }: CommandOf<'daemon-poll'>): string | undefined {
  const vcpu = vm.vcpus[on];
  const spec = vm.daemon;
  if (vcpu === undefined) return 'the machine has no such vCPU';
  if (spec === undefined) return 'the guest has no time daemon';
  if (vm.guest.daemon?.hasPanicked === true) return 'the time daemon has given up';
  if (vm.design.guest?.daemonWaits === true && vm.away.isUnhandled) {
    return 'the time daemon waits until the stop is handled';
  }
  const kept = keptFromTasks(vm, vcpu);
  if (kept !== undefined) return kept;
  if (vm.lockHolder !== undefined) return 'another vCPU holds the timekeeper';
  wakeForTask(vm, vcpu);
  const signs = signsOf(vm);
  const realtimeNs = vm.timekeeper.realtime(vm.counter(vcpu));
  const { nowNs, machine } = vm.world;
  const sourceNs = utcNs(machine, nowNs);
  const offsetNs = sourceNs - realtimeNs;
  const reaction = reactTo(vm, spec, signs, abs(offsetNs));
  const { sourceErrorNs } = spec;
  vm.emit({
    kind: 'daemon-polled',
    actor,
    incarnation: vm.incarnation,
    earliestNs: nowNs,
    latestNs: nowNs,
    on,
    signs,
    realtimeNs,
    sourceNs,
    sourceErrorNs,
    ...reaction,
  });
  act(vm, vcpu, reaction.did, sourceNs, offsetNs);
  vm.guest.daemon = {
    polls: (vm.guest.daemon?.polls ?? 0) + 1,
    // What it has just done itself tells it nothing.
    signs: signsOf(vm),
    hasPanicked: reaction.did === 'panic',
  };
  return undefined;
}

function reactTo({ guest }: Vm, spec: DaemonSpec, signs: Signs, errorNs: Ns): Reaction {
  const { sourceErrorNs, stepLimitNs, stepPolls, panicNs } = spec;
  const last = guest.daemon;
  const suspects = { believedErrorNs: errorNs + sourceErrorNs };
  if (last === undefined) return { did: 'nothing', ...suspects };
  if (panicNs !== null && errorNs > panicNs) return { did: 'panic', ...suspects };
  const isTold = spec.listensTo.some((sign) => isGiven(sign, last.signs, signs));
  if (errorNs > stepLimitNs && (isTold || last.polls < stepPolls)) {
    return { did: 'step', ...suspects };
  }
  // Who was not told takes its clock for as good as its source, and the offset for noise to be filtered.
  return { did: 'slew', believedErrorNs: isTold ? suspects.believedErrorNs : sourceErrorNs };
}

/** Whether a sign says that something happened since. */
function isGiven(sign: Sign, before: Signs, now: Signs): boolean {
  return sign === 'unsync' ? now.unsync === 1n : now[sign] !== before[sign];
}

function act(vm: Vm, vcpu: Vcpu, did: Reaction['did'], sourceNs: Ns, offsetNs: Ns): void {
  if (did === 'panic') return;
  if (did === 'step') {
    const [sec, nsec] = [sourceNs / NSEC_PER_SEC, sourceNs % NSEC_PER_SEC];
    settime(vm, vcpu, { sec, nsec });
  }
  // It believes to be synchronised from here on, and says so.
  const modes = ADJ_STATUS | (did === 'slew' ? ADJ_OFFSET | ADJ_NANO : 0);
  const offset = did === 'slew' ? max(-MAXPHASE, min(MAXPHASE, offsetNs)) : 0n;
  adjtimex(vm, vcpu, { timex: { modes, offset, status: STA_PLL } });
}
