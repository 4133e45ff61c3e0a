import type { Counterexample } from '../../src/contract/counterexample.js';
import type { ClockRead, Event, VcpuStarted, VcpuStopped } from '../../src/contract/event.js';
import type { Machine } from '../../src/contract/machine.js';
import type { About } from '../../src/contract/outcome.js';
import type { Schedule } from '../../src/contract/schedule.js';

export const ABOUT: About = { version: '1.2.3', kernel: '6.12.117', kvm: '6.12' };

export const LAW = {
  name: 'monotonic-never-decreases',
  statement: 'Of two reads of a clock that cannot be set, the one surely later is not smaller.',
  source: {
    title: 'clock_gettime(2): "consecutive calls will not go backwards"',
    url: 'https://man7.org/linux/man-pages/man2/clock_gettime.2.html',
  },
};

export const MACHINE: Machine = {
  kernel: '6.12.117',
  kvm: '6.12',
  hz: 250,
  nohz: 'off',
  tick: 'command',
  epochSec: 1_700_000_000n,
  hosts: [{ counterHz: 2_500_000_000n, counterBoot: 0n }],
  vms: [
    {
      host: 0,
      vcpus: [{ skewCycles: 0n }, { skewCycles: 0n }],
      clocksource: { name: 'tsc', freq: 2_500_000n, scale: 1000n, widthBits: 64, nonstop: false },
      persistentClock: 'seconds',
      design: 'counters-run-on',
    },
  ],
  declared: {
    skewNs: 0n,
    counterPpb: 0n,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    rtcResolutionNs: 1_000_000_000n,
    publicationNs: null,
    ratePpb: null,
    settleWithinNs: 1_000_000_000n,
  },
};

export function stamp(atNs: bigint) {
  return { incarnation: 0, earliestNs: atNs, latestNs: atNs };
}

export function read(atNs: bigint, ns: bigint, vcpu = 0): ClockRead {
  return {
    kind: 'clock-read',
    actor: { vm: 0, vcpu },
    ...stamp(atNs),
    clock: 'CLOCK_MONOTONIC',
    via: 'syscall',
    ns,
    counter: null,
  };
}

export function step(atNs: bigint, what: string): Event {
  return {
    kind: 'host-step-taken',
    actor: { vm: 0, task: 'vmm' },
    ...stamp(atNs),
    step: what,
  };
}

export function stopped(atNs: bigint, vcpu = 0): VcpuStopped {
  return { kind: 'vcpu-stopped', actor: { vm: 0, vcpu }, ...stamp(atNs) };
}

export function started(atNs: bigint, vcpu = 0): VcpuStarted {
  return { kind: 'vcpu-started', actor: { vm: 0, vcpu }, ...stamp(atNs) };
}

export function tick(atNs: bigint, vcpu = 0): readonly Event[] {
  const base = { actor: { vm: 0, vcpu }, ...stamp(atNs), counter: 0n, mult: 1n };
  return [
    { kind: 'tick-sampled', ...base },
    { kind: 'tick-published', ...base, cycleLast: 0n },
  ];
}

const VMM = { vm: 0, task: 'vmm' } as const;

export const SCHEDULE: Schedule = {
  machine: MACHINE,
  commands: [
    { kind: 'read', actor: { vm: 0, vcpu: 0 }, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
    { kind: 'vm-pause', actor: VMM },
    { kind: 'elapse', ns: 1_499_999_999n },
    { kind: 'vm-resume', actor: VMM },
    { kind: 'read', actor: { vm: 0, vcpu: 0 }, clock: 'CLOCK_MONOTONIC', via: 'syscall' },
  ],
};

const before = read(5_000_000_000n, 5_000_000_000n);
const after = read(6_500_000_000n, 3_000_000_000n);

export const COUNTEREXAMPLE: Counterexample = {
  subject: 'reference',
  faults: ['core-negative-delta-u64'],
  property: LAW,
  violation: {
    expected: 'CLOCK_MONOTONIC at or past 5000000000 ns, read earlier on vCPU 0',
    observed: '3000000000 ns on vCPU 0: 2000000000 ns back',
    evidence: [before, after],
  },
  schedule: SCHEDULE,
  twin: null,
  events: [
    { kind: 'booted', actor: VMM, ...stamp(0n), host: 0 },
    started(0n, 0),
    started(0n, 1),
    before,
    step(5_000_000_000n, 'pause-vcpu 0'),
    stopped(5_000_000_000n),
    step(6_499_999_999n, 'run-vcpu 0'),
    started(6_499_999_999n),
    after,
  ],
  minimal: { single: true, pair: true, value: false },
  evaluations: { shrink: 90, certify: 6 },
  search: { seed: 7, run: 17, commands: 212 },
  evidenceClass: 0,
};
