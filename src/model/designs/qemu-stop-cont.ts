import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  LEASE,
  NOBODY_TOLD,
  NOTHING_LOST,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  REALTIME_BEHIND,
} from './reasons.js';
import { ON_TSC, onHostsOf } from './scenes.js';
import {
  BETWEEN_STEPS,
  GET_CLOCK,
  KVMCLOCK_CTRL,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
} from './steps.js';

/** QEMU's stop and cont of a guest on kvm-clock: kvmclock is kept over the stop, the TSC runs on. */
export const qemuStopContKvmclock: Design = {
  name: 'qemu-stop-cont-kvmclock',
  statement: 'kvmclock is read after the stop and set back to that before the vCPUs go on.',
  source: {
    title: 'QEMU: kvmclock_vm_state_change()',
    url: 'https://gitlab.com/qemu-project/qemu/-/blob/master/hw/i386/kvm/clock.c',
  },
  migrates: false,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [BOOTTIME_FOLLOWS, ...REALTIME_BEHIND, ...NOBODY_TOLD, NTP_UNTOLD],
  pause: (vcpus) => [...pauseVcpus(vcpus), GET_CLOCK],
  resume: (vcpus) => [SET_CLOCK, KVMCLOCK_CTRL, ...runVcpus(vcpus)],
};

/** virtualization.md 2.5: 72 ns of each second since the last update, at this frequency. */
const DRIFTING_HZ = 2_994_372_000n;

const FALLS_SHORT = {
  law: 'monotonic-keeps-moving',
  because: 'what the new pair takes back is missing, or waited for',
};

/** KVM captures its pair anew while the VM is stopped, and the step that this makes is kept. */
export const qemuStopContKvmclockRebase: Design = {
  ...qemuStopContKvmclock,
  name: 'qemu-stop-cont-kvmclock-rebase',
  statement: 'As qemu-stop-cont-kvmclock, on a host where each new pair of KVM sets kvmclock back.',
  breaks: [
    goesBack('the raw clock of the host is slower than what the pages make of the TSC'),
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    {
      law: 'clock-rebase-is-continuous',
      because: 'the new pair is of the raw clock, which the pages have left behind',
    },
    FALLS_SHORT,
    PATHS_DISAGREE,
    ...qemuStopContKvmclock.breaks,
  ],
  scene: onHostsOf(DRIFTING_HZ),
  pause: (vcpus) => [...pauseVcpus(vcpus), { kind: 'update-master-clock' }, GET_CLOCK],
};

/** Without PVCLOCK_TSC_STABLE_BIT the guest clamps what goes back: it stands still instead. */
export const qemuStopContKvmclockUnstable: Design = {
  ...qemuStopContKvmclockRebase,
  name: 'qemu-stop-cont-kvmclock-unstable',
  statement: 'As qemu-stop-cont-kvmclock-rebase, with a host TSC that KVM does not call stable.',
  breaks: [FALLS_SHORT, ...qemuStopContKvmclock.breaks],
  scene: { ...onHostsOf(DRIFTING_HZ), kvmclock: { stable: false } },
};

/** The same VMM, and a guest that reads the TSC: nobody writes it, so it counts the stop. */
export const qemuStopContTsc: Design = {
  ...qemuStopContKvmclock,
  name: 'qemu-stop-cont-tsc',
  statement: 'As qemu-stop-cont-kvmclock, for a guest whose clocks read the TSC, which runs on.',
  breaks: [
    jumps('QEMU writes the TSC at a reset and a load only: over a stop it runs on'),
    BOOTTIME_FOLLOWS,
    ...NOBODY_TOLD,
    LEASE,
  ],
  vacuous: [NOTHING_LOST],
  scene: ON_TSC,
};
