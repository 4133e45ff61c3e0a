import { cappedForward, cappedForwardWithin } from './capped-forward.js';
import {
  cloudHypervisorOldOrder,
  cloudHypervisorOldOrderGetFirst,
} from './cloud-hypervisor-old-order.js';
import { countersRunOn, countersRunOnMoved, countersRunOnMovedAhead } from './counters-run-on.js';
import { countersStop } from './counters-stop.js';
import type { Design } from './design.js';
import {
  firecrackerRestoreKvmclock,
  firecrackerRestoreKvmclock515,
  firecrackerRestoreTsc,
} from './firecracker-restore.js';
import { HYPERV_REFERENCE_PAGES } from './hyperv-reference-page.js';
import {
  kvmClockRealtime,
  kvmClockRealtimeLeap,
  kvmClockRealtimeOffsetsLate,
} from './kvm-clock-realtime.js';
import {
  qemuMigrateKvmclockLive,
  qemuMigrateKvmclockUserPaused,
  qemuMigrateTsc,
  qemuMigrateTscSkewed,
} from './qemu-migrate.js';
import {
  qemuStopContKvmclock,
  qemuStopContKvmclockRebase,
  qemuStopContKvmclockUnstable,
  qemuStopContTsc,
} from './qemu-stop-cont.js';

/** Hosts that move clocks and counters, and tell nobody. */
export const DESIGNS_OF_CLOCKS: readonly Design[] = [
  countersRunOn,
  countersRunOnMoved,
  countersRunOnMovedAhead,
  countersStop,
  qemuStopContKvmclock,
  qemuStopContKvmclockRebase,
  qemuStopContKvmclockUnstable,
  qemuStopContTsc,
  qemuMigrateKvmclockUserPaused,
  qemuMigrateKvmclockLive,
  qemuMigrateTsc,
  qemuMigrateTscSkewed,
  kvmClockRealtime,
  kvmClockRealtimeOffsetsLate,
  kvmClockRealtimeLeap,
  cappedForward,
  cappedForwardWithin,
  firecrackerRestoreKvmclock,
  firecrackerRestoreTsc,
  firecrackerRestoreKvmclock515,
  cloudHypervisorOldOrder,
  cloudHypervisorOldOrderGetFirst,
  ...HYPERV_REFERENCE_PAGES,
];
