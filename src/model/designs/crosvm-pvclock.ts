import type { Broken } from '../../contract/catalogue.js';
import type { Design } from './design.js';
import type { HostStep } from './host-step.js';
import { BETWEEN_STEPS, pauseVcpus, raiseIrqs, runVcpus } from './steps.js';

/** suspend() of the device: it looks at the TSC. */
const SUSPEND: HostStep = { kind: 'get-tsc', vcpu: 0 };
/** resume(): what the TSC made since goes out of the page, and into the total of the configuration. */
const RESUME: HostStep = { kind: 'write-page' };

/** The configuration interrupt queues a work item, in which the guest injects. */
const LATER: readonly Broken[] = [
  {
    law: 'realtime-is-right-at-first-read',
    because: 'REALTIME is behind by the stop until the work item has injected it',
  },
  {
    law: 'no-stale-read-after-resume',
    because: 'whoever reads before the work item reads a time without the stop',
  },
  {
    law: 'stale-time-is-never-used',
    because: 'user space goes on before the work item has given any sign',
  },
  {
    law: 'ntp-is-told',
    because: 'a time daemon polls before the work item has run',
  },
];

/** D13: the guest reads the TSC less what the device counted while it was suspended. */
export const crosvmPvclock: Design = {
  name: 'crosvm-pvclock',
  statement:
    'A virtio device takes the stop out of the clock that the guest reads, and tells it by how much.',
  source: {
    title: 'crosvm: devices/src/virtio/pvclock.rs',
    url: 'https://chromium.googlesource.com/crosvm/crosvm/+/refs/heads/main/devices/src/virtio/pvclock.rs',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: LATER,
  scene: {
    clocksource: {
      name: 'virtio-pvclock',
      freq: 1_000_000_000n,
      scale: 1n,
      widthBits: 64,
      nonstop: false,
    },
    kvmclock: null,
  },
  guest: {
    handler: { does: 'inject-sleep', when: 'work-item', clearsNtp: true, setsClock: true },
    page: {
      of: 'virtio-pvclock',
      guards: 'sequence',
      sequenceContinues: true,
      countTravels: false,
      saysTime: true,
    },
  },
  pause: (vcpus) => [...pauseVcpus(vcpus), SUSPEND],
  resume: (vcpus) => [RESUME, ...raiseIrqs(vcpus.slice(0, 1)), ...runVcpus(vcpus)],
};

const unordered: Design = {
  ...crosvmPvclock,
  name: 'crosvm-pvclock-unordered',
  statement:
    'The same; the device is suspended before the vCPUs stop, and resumed after they go on.',
  breaks: [
    {
      law: 'monotonic-never-decreases',
      because: 'what the vCPUs read after suspend() and before resume() is taken back',
    },
    {
      law: 'monotonic-skips-stopped-time',
      because: 'between the first vCPU to go on and resume() the clock counts the stop',
    },
    ...LATER,
    {
      law: 'monotonic-keeps-moving',
      because: 'where a tick has counted the stop, the clock waits until the counter has caught up',
    },
    {
      law: 'realtime-is-right-after-stop',
      because: 'a stop that a tick has counted before resume() is injected once more',
    },
    {
      law: 'timer-never-fires-early',
      because: 'a timer that the stop made due reads MONOTONIC below its expiry after resume()',
    },
    {
      law: 'watchdogs-stay-quiet',
      because: 'a watchdog looks before resume(), and sees the stop',
    },
  ],
  pause: (vcpus) => [SUSPEND, ...pauseVcpus(vcpus)],
  resume: (vcpus) => [...runVcpus(vcpus), RESUME, ...raiseIrqs(vcpus.slice(0, 1))],
};

export const CROSVM_PVCLOCKS: readonly Design[] = [crosvmPvclock, unordered];
