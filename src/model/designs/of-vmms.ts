import { CLOUD_HYPERVISORS_2026 } from './cloud-hypervisor-2026.js';
import type { Design } from './design.js';
import { firecracker116, firecracker116ClockRealtime } from './firecracker-1-16.js';
import { kvmDocumentedMigration } from './kvm-documented-migration.js';

/** What is deployed in 2026, read in the sources at the commits that each names: a reader looks for his own first. */
export const DESIGNS_OF_VMMS: readonly Design[] = [
  firecracker116,
  firecracker116ClockRealtime,
  ...CLOUD_HYPERVISORS_2026,
  kvmDocumentedMigration,
];
