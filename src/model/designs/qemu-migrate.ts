import type { Design } from './design.js';
import {
  BOOTTIME_FOLLOWS,
  earlyInCallback,
  goesBack,
  jumps,
  lateTimers,
  NOBODY_TOLD,
  NTP_UNTOLD,
  PATHS_DISAGREE,
  REALTIME_BEHIND,
} from './reasons.js';
import { MOVED, ON_TSC } from './scenes.js';
import {
  BETWEEN_STEPS,
  GET_CLOCK,
  getTscs,
  goingOn,
  KVMCLOCK_CTRL,
  pauseVcpus,
  runVcpus,
  SET_CLOCK,
  setTscs,
} from './steps.js';

/** A migration by QEMU of a VM that its user had paused: TSC and kvmclock are those of the stop. */
export const qemuMigrateKvmclockUserPaused: Design = {
  name: 'qemu-migrate-kvmclock-user-paused',
  statement: 'kvmclock and the TSC are read at the stop and written on the new host.',
  source: {
    title: 'QEMU: kvmclock_pre_save(), which leaves the clock of a paused VM as it is',
    url: 'https://gitlab.com/qemu-project/qemu/-/blob/master/hw/i386/kvm/clock.c',
  },
  migrates: true,
  stopErrorNs: BETWEEN_STEPS,
  breaks: [BOOTTIME_FOLLOWS, ...REALTIME_BEHIND, ...NOBODY_TOLD, NTP_UNTOLD],
  scene: MOVED,
  pause: (vcpus) => [...pauseVcpus(vcpus), GET_CLOCK, ...getTscs(vcpus)],
  ...goingOn((vcpus) => [...setTscs(vcpus), SET_CLOCK, KVMCLOCK_CTRL, ...runVcpus(vcpus)]),
};

/** Between the stop and the last read of kvmclock the rest of the memory is sent: here up to 0.3 s. */
export const qemuMigrateKvmclockLive: Design = {
  ...qemuMigrateKvmclockUserPaused,
  name: 'qemu-migrate-kvmclock-live',
  statement: 'As qemu-migrate-kvmclock-user-paused, but kvmclock is read once more as it is saved.',
  breaks: [
    jumps('kvmclock counts from the stop until it is saved'),
    lateTimers('kvmclock counts from the stop until it is saved, and the deadlines do not'),
    {
      law: 'watchdogs-stay-quiet',
      because: 'a lease that is nearly up is overdue by what kvmclock counted while stopped',
    },
    ...qemuMigrateKvmclockUserPaused.breaks,
  ],
  scene: { ...MOVED, mostGapNs: 300_000_000n },
  pause: (vcpus) => [...pauseVcpus(vcpus), ...getTscs(vcpus), GET_CLOCK],
};

/** A guest whose clocks read the TSC. */
export const qemuMigrateTsc: Design = {
  ...qemuMigrateKvmclockUserPaused,
  name: 'qemu-migrate-tsc',
  statement: 'As qemu-migrate-kvmclock-user-paused, for a guest whose clocks read the TSC.',
  scene: { ...MOVED, ...ON_TSC },
};

/** KVM takes values within a second of each other for one value. */
export const qemuMigrateTscSkewed: Design = {
  ...qemuMigrateTsc,
  name: 'qemu-migrate-tsc-skewed',
  statement: 'As qemu-migrate-tsc, of vCPUs whose TSCs differ by less than a second.',
  breaks: [
    goesBack('KVM gives all vCPUs the TSC of the first: one that was ahead falls back'),
    earlyInCallback('MONOTONIC goes back under a callback that was stopped'),
    PATHS_DISAGREE,
    ...qemuMigrateTsc.breaks,
  ],
  scene: { ...MOVED, ...ON_TSC, vcpuSkewCycles: [0n, 1_000_000_000n] },
};
