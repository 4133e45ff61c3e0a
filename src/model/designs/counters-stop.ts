import type { Design } from './design.js';
import { NOBODY_TOLD, NTP_UNTOLD, REALTIME_BEHIND } from './reasons.js';

/** QEMU's TCG and its arm64: the virtual counter stands still while the VM is stopped. */
export const countersStop: Design = {
  name: 'counters-stop',
  statement: 'Every counter of the guest stands still with its vCPUs, and goes on from there.',
  source: {
    title: 'QEMU: cpu_disable_ticks() around vm_stop()',
    url: 'https://gitlab.com/qemu-project/qemu/-/blob/master/system/cpu-timers.c',
  },
  isOfAnyMachine: true,
  migrates: true,
  stopErrorNs: { monotonic: 1n, boottime: 1n },
  breaks: [
    {
      law: 'boottime-counts-stopped-time',
      because: 'the guest has nothing that went on counting, and nobody tells it',
    },
    ...REALTIME_BEHIND,
    {
      law: 'all-counters-move-together',
      because: 'on Arm the virtual counter stands still, and the physical one does not',
    },
    {
      law: 'architected-counter-keeps-counting',
      because:
        'Arm says that its counter never stops: this is what a MONOTONIC that skips stops costs',
    },
    ...NOBODY_TOLD,
    NTP_UNTOLD,
  ],
  // One clock for the whole VM: it stops with the first vCPU to stop and goes on with the last to start.
  pause: (vcpus) =>
    vcpus.map((vcpu, at) => ({ kind: 'pause-vcpu', vcpu, counters: at === 0 ? 'stop' : 'run' })),
  resume: (vcpus) =>
    vcpus.map((vcpu, at) => ({
      kind: 'run-vcpu',
      vcpu,
      counters: at === vcpus.length - 1 ? 'start' : 'run',
    })),
};
