import type { Broken, Scene } from '../../contract/catalogue.js';
import { NSEC_PER_SEC } from '../../contract/units.js';
import type { Design } from './design.js';
import type { GuestStep, HostStep } from './host-step.js';
import { ON_TSC } from './scenes.js';
import { pauseVcpus, raiseIrqs, runVcpus } from './steps.js';

interface Options {
  readonly suffix: string;
  readonly statement: string;
  readonly by: Extract<GuestStep, { kind: 'subtract-stop' }>['by'];
  readonly tells: boolean;
  readonly stopErrorNs: Design['stopErrorNs'];
  readonly scene: Partial<Scene>;
  readonly breaks: readonly Broken[];
}

/** What all variants break: who may not be interrupted sees the time of before the sleep. */
const STALE: readonly Broken[] = [
  {
    law: 'no-stale-read-after-resume',
    because: 'where interrupts are off the first reads come before the handler has injected',
  },
  {
    law: 'realtime-is-right-at-first-read',
    because: 'REALTIME is behind by the sleep until the handler has injected it',
  },
];

/** A host that wakes may take its time for each vCPU: what was taken out is counted to the entry. */
const MOST_GAP_NS = 2n * NSEC_PER_SEC;
/** The host slept for an hour after it had made the VM, and before the guest asked to be told. */
const SLEPT_BEFORE_NS = 3_600n * NSEC_PER_SEC;
const TSC_HZ = 2_000_000_000n;

/** D4: KVM takes a sleep of the host out of the guest's counters, and the guest puts it into BOOTTIME and REALTIME. */
export const suspendTimeInjection = injection({
  suffix: '',
  statement:
    'A sleep of the host is taken out of TSC and kvmclock, and the guest injects it in an interrupt.',
  by: 'cycles',
  tells: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  scene: {},
  breaks: STALE,
});

const silent = injection({
  suffix: '-silent',
  statement: "The same; the guest's handler tells nobody that it has moved the clocks.",
  by: 'cycles',
  tells: false,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  scene: {},
  breaks: [
    ...STALE,
    {
      law: 'stale-time-is-never-used',
      because: 'the handler wakes nobody who waits for the clock to be set',
    },
    {
      law: 'ntp-is-told',
      because: "the handler leaves NTP's state as it was, and wakes no watcher",
    },
  ],
});

const truncated = injection({
  suffix: '-truncated',
  statement: 'The same; of each TSC only whole milliseconds are taken out, vCPU by vCPU.',
  by: 'whole-ms',
  tells: true,
  stopErrorNs: { monotonic: 1_000_000n, boottime: 1_000_000n },
  scene: {
    ...ON_TSC,
    // Two of 1.6 ms do: virtualization.md, section 9.
    stopsAtMost: 2,
    stoppedNs: { least: 100_000n, most: 60_000_000_000n },
  },
  breaks: [
    ...STALE,
    {
      law: 'monotonic-never-decreases',
      because: 'a vCPU that slept through two sleeps at once loses a millisecond less to rounding',
    },
    {
      law: 'monotonic-keeps-moving',
      because: 'a vCPU whose TSC is a millisecond behind shows the same time for as long',
    },
  ],
});

const lateEnable = injection({
  suffix: '-late-enable',
  statement:
    'The same; the first sleep takes with it what the host slept before the guest asked for it.',
  by: 'since-creation',
  tells: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  scene: {
    ...ON_TSC,
    // The VM is older than that sleep, and its TSC was not put back then.
    hosts: [
      {
        counterHz: TSC_HZ,
        counterBoot: (TSC_HZ * SLEPT_BEFORE_NS) / NSEC_PER_SEC,
        realtimeErrorNs: 0n,
      },
    ],
    kvmclock: null,
  },
  breaks: [
    ...STALE,
    {
      law: 'monotonic-never-decreases',
      because: 'the TSC goes back by an hour too much, below what MONOTONIC has shown',
    },
    {
      law: 'monotonic-keeps-moving',
      because: 'where no handler has run MONOTONIC waits until the TSC has caught up with an hour',
    },
    {
      law: 'boottime-counts-stopped-time',
      because: 'the page says an hour too much, and the guest believes it',
    },
    {
      law: 'realtime-is-right-after-stop',
      because:
        'MONOTONIC goes back to the last tick and no further, and an hour too much is injected',
    },
    {
      law: 'timer-never-fires-early',
      because: 'a callback that had found its expiry reached reads MONOTONIC below it',
    },
    {
      law: 'stop-is-told-with-its-length',
      because: 'the page says an hour too much',
    },
  ],
});

export const SUSPEND_TIME_INJECTIONS: readonly Design[] = [
  suspendTimeInjection,
  silent,
  truncated,
  lateEnable,
];

function injection({ suffix, by, tells, scene, ...entry }: Options): Design {
  return {
    ...entry,
    name: `suspend-time-injection${suffix}`,
    source: {
      title: 'H. Nishida, 2021: [RFC PATCH v3] Virtual suspend time injection support',
      url: 'https://lore.kernel.org/kvm/?q=%22Virtual+suspend+time+injection+support%22',
    },
    migrates: false,
    scene: { stop: 'host-suspend', mostGapNs: MOST_GAP_NS, ...scene },
    guest: {
      handler: { does: 'inject-sleep', when: 'interrupt', clearsNtp: tells, setsClock: tells },
      page: {
        of: 'stopped-time',
        guards: 'nothing',
        sequenceContinues: false,
        countTravels: false,
        saysTime: false,
      },
    },
    isInterruptible: true,
    pause: pauseVcpus,
    // Each vCPU is seen to as it enters, the page as the first one does.
    resume: (vcpus) => [
      { kind: 'write-page' },
      ...vcpus.flatMap((vcpu): readonly HostStep[] => [
        {
          ...{ kind: 'subtract-stop', vcpu, by },
          ...(by === 'since-creation' ? { sleptBeforeNs: SLEPT_BEFORE_NS } : undefined),
        },
        ...raiseIrqs([vcpu]),
        ...runVcpus([vcpu]),
      ]),
    ],
  };
}
