import type { Counterexample } from '../../src/contract/counterexample.js';
import { SubjectError } from '../../src/contract/errors.js';
import type { Event } from '../../src/contract/event.js';
import type { Machine } from '../../src/contract/machine.js';
import type { Schedule } from '../../src/contract/schedule.js';
import { jsonOf } from '../../src/contract/wire.js';

export const AT = { source: 'clock.jsonl', line: 3 };

export const machine: Machine = {
  kernel: '6.12.117',
  kvm: '6.12',
  hz: 250,
  nohz: 'idle',
  tick: 'clockevent',
  epochSec: 1_700_000_000n,
  hosts: [
    { counterHz: 1_000_000_000n, counterBoot: 2n ** 63n },
    { counterHz: 2_500_000_000n, counterBoot: 0n },
  ],
  vms: [0, 1].map((host) => ({
    host,
    vcpus: [{ skewCycles: 0n }, { skewCycles: -3n }],
    clocksource: { name: 'tsc', freq: 1_000_000n, scale: 1000n, widthBits: 64, nonstop: false },
    persistentClock: 'seconds',
    design: 'counters-stop',
  })),
  declared: {
    skewNs: 3n,
    counterPpb: 500n,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    rtcResolutionNs: 1_000_000_000n,
    publicationNs: null,
    ratePpb: { lowest: -1000n, highest: 1000n },
    settleWithinNs: 1_000_000_000n,
  },
};

export const read: Event = {
  kind: 'clock-read',
  actor: { vm: 0, vcpu: 0 },
  incarnation: 0,
  earliestNs: 5n,
  latestNs: 7n,
  clock: 'CLOCK_MONOTONIC',
  via: 'vdso',
  ns: 2n ** 64n,
  counter: null,
};

export const schedule: Schedule = {
  machine,
  commands: [
    { kind: 'elapse', ns: 10n },
    { kind: 'vm-migrate', actor: { vm: 0, task: 'vmm' }, to: 1, stopAfter: 2 },
    { kind: 'continue', actor: { vm: 0, vcpu: 1 } },
    {
      kind: 'adjtimex',
      actor: { vm: 1, vcpu: 0 },
      timex: { modes: 2, freq: -(2n ** 40n), status: 64 },
    },
  ],
};

export const counterexample: Counterexample = {
  subject: 'reference',
  faults: ['core-negative-delta-u64'],
  property: {
    name: 'monotonic-never-decreases',
    statement: 'It never decreases.',
    source: { title: 'clock_gettime(2)', url: 'https://man7.org' },
  },
  violation: { expected: 'more', observed: 'less', evidence: [read] },
  schedule,
  twin: null,
  events: [read, { ...read, ns: 1n }],
  minimal: { single: true, pair: true, value: false },
  evaluations: { shrink: 100, certify: 20 },
  search: { seed: 7, run: 12, commands: 90 },
  evidenceClass: 1,
};

export const header = {
  recorder: 'hand',
  host: 'QEMU 7.2',
  guestKernel: 'Linux 6.1',
  notes: ['counterPpb: measured'],
  machine,
};

/** The wire form of `value` with one field at `path` set to something else. */
export function having(value: unknown, path: string, given: unknown): unknown {
  const wire: unknown = JSON.parse(jsonOf(value));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let part: unknown = wire;
  for (const key of keys) part = Reflect.get(Object(part), key);
  if (given === undefined) Reflect.deleteProperty(Object(part), last);
  else Reflect.set(Object(part), last, given);
  return wire;
}

export function message(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SubjectError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
}
