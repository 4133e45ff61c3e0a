import { type ApplicationSpec, type DaemonSpec, SIGNS } from './consumer.js';
import {
  type ClockeventSpec,
  type ClocksourceSpec,
  type DeadlineTimer,
  type Declared,
  type Host,
  KERNEL_VERSIONS,
  KVM_RULES,
  type KvmclockSpec,
  type LeapSecond,
  type Machine,
  type RawTimers,
  type TimeNamespace,
  type Vcpu,
  type Vm,
} from './machine.js';
import { NSEC_PER_SEC } from './units.js';
import {
  type Complaint,
  FLAG,
  integer,
  list,
  number,
  orNull,
  record,
  S64,
  TEXT,
  U64,
  word,
} from './wire-shape.js';

/** An id or a count. */
export const COUNT = integer(0, Number.MAX_SAFE_INTEGER);
const POSITIVE_U64 = number(1n, 2n ** 64n - 1n);
/** A duration that a machine declares: not negative. */
const DURATION = U64;
/** Parts per 10^9 beside 1: a clock that runs backwards or a thousand times too fast is no premise. */
const PPB = number(-NSEC_PER_SEC, 1000n * NSEC_PER_SEC);

export const HOST = record<Host>(
  {
    counterHz: number(1n, (2n ** 32n - 1n) * 1000n),
    counterBoot: U64,
    realtimeErrorNs: S64,
  },
  ['realtimeErrorNs'],
);

const VCPU = record<Vcpu>({ skewCycles: S64 });

/** `freq` is the u32 that __clocksource_register_scale() takes. */
const CLOCKSOURCE = record<ClocksourceSpec>({
  name: TEXT,
  freq: number(1n, 2n ** 32n - 1n),
  scale: number(1n, 1_000_000n),
  widthBits: integer(8, 64),
  nonstop: FLAG,
});

const TIME_NAMESPACE = record<TimeNamespace>({ monotonicNs: S64, boottimeNs: S64 });

/** A device whose shortest delta is longer than its longest goes by the shortest, as clockevents_program_event(). */
const CLOCKEVENT = record<ClockeventSpec>({
  ratePpb: number(-NSEC_PER_SEC / 10n, NSEC_PER_SEC / 10n),
  minDeltaNs: number(1n, NSEC_PER_SEC),
  maxDeltaNs: number(1n, 600n * NSEC_PER_SEC),
});

const RAW_TIMERS = record<RawTimers>({ mapped: word('once', 'at-each-tick'), compared: FLAG });

const DEADLINE_TIMER = record<DeadlineTimer>({
  by: word('hrtimer', 'preemption-timer'),
  early: word('record', 're-arm', 'inject'),
});

const KVMCLOCK = record<KvmclockSpec>({ stable: FLAG });
const SIGN = word(...SIGNS);
const DAEMON = record<DaemonSpec>({
  listensTo: list(SIGN),
  stepLimitNs: DURATION,
  stepPolls: COUNT,
  panicNs: orNull(DURATION),
  sourceErrorNs: DURATION,
});
const APPLICATION = record<ApplicationSpec>({ listensTo: list(SIGN), staleLimitNs: DURATION });
const LEAP_SECOND = record<LeapSecond>({ atNs: DURATION });

export const VM = record<Vm>(
  {
    host: COUNT,
    vcpus: list(VCPU, 1),
    clocksource: CLOCKSOURCE,
    persistentClock: word('none', 'seconds', 'nanoseconds'),
    design: TEXT,
    clockevent: CLOCKEVENT,
    rawTimers: RAW_TIMERS,
    deadlineTimer: DEADLINE_TIMER,
    timeNamespace: TIME_NAMESPACE,
    kvmclock: KVMCLOCK,
    daemon: DAEMON,
    application: APPLICATION,
  },
  [
    'clockevent',
    'rawTimers',
    'deadlineTimer',
    'timeNamespace',
    'kvmclock',
    'daemon',
    'application',
  ],
);

export const DECLARED = record<Declared>(
  {
    skewNs: DURATION,
    counterPpb: orNull(number(0n, NSEC_PER_SEC)),
    stopErrorNs: record<Declared['stopErrorNs']>({ monotonic: DURATION, boottime: DURATION }),
    rtcResolutionNs: POSITIVE_U64,
    publicationNs: orNull(DURATION),
    ratePpb: orNull(
      record<NonNullable<Declared['ratePpb']>>(
        { lowest: PPB, highest: PPB },
        [],
        ({ lowest, highest }) =>
          lowest > highest
            ? { path: ['lowest'], because: `it is above "highest", ${highest}` }
            : undefined,
      ),
    ),
    settleWithinNs: DURATION,
    realtimeNs: DURATION,
    gapNs: DURATION,
  },
  ['realtimeNs', 'gapNs'],
);

export const MACHINE = record<Machine>(
  {
    kernel: word(...KERNEL_VERSIONS),
    kvm: word(...KVM_RULES),
    hz: integer(1, 10_000),
    nohz: word('off', 'idle', 'full'),
    tick: word('command', 'clockevent'),
    epochSec: S64,
    leapSecond: LEAP_SECOND,
    hosts: list(HOST, 1),
    vms: list(VM, 1),
    declared: DECLARED,
  },
  ['leapSecond'],
  impossible,
);

/** Why no such machine can exist, although each of its numbers could. */
function impossible(machine: Machine): Complaint | undefined {
  for (const [at, vm] of machine.vms.entries()) {
    const host = machine.hosts[vm.host];
    if (host === undefined) {
      return {
        path: ['vms', at, 'host'],
        because: `expected a host of the machine, ${upTo(machine.hosts.length)}`,
      };
    }
    const skews = vm.vcpus.map((vcpu) => vcpu.skewCycles);
    const allowed = machine.declared.skewNs * host.counterHz;
    const apart = skews.find((a) => skews.some((b) => (a - b) * NSEC_PER_SEC > allowed));
    if (apart !== undefined) {
      return {
        path: ['declared', 'skewNs'],
        because:
          `the counters of VM ${at} differ by more, ` +
          `one is ${apart} cycles ahead of its host's ${host.counterHz} Hz`,
      };
    }
  }
  return undefined;
}

/** The ids that a list of `length` has, in words. */
export function upTo(length: number): string {
  return length === 1 ? 'which has 0 only' : `which has 0 to ${length - 1}`;
}
