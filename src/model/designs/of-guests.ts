import { AGENTS } from './agent-steps-realtime.js';
import { COOPERATIVE_FREEZES } from './cooperative-freeze.js';
import { CROSVM_PVCLOCKS } from './crosvm-pvclock.js';
import type { Design } from './design.js';
import { NMI_FIX_UPS } from './nmi-fix-up.js';
import { SHARED_DRIFT_PAGES } from './shared-drift-page.js';
import { SUSPEND_TIME_INJECTIONS } from './suspend-time-injection.js';

/** Designs in which the guest has a part. */
export const DESIGNS_OF_GUESTS: readonly Design[] = [
  ...SUSPEND_TIME_INJECTIONS,
  ...SHARED_DRIFT_PAGES,
  ...COOPERATIVE_FREEZES,
  ...NMI_FIX_UPS,
  ...CROSVM_PVCLOCKS,
  ...AGENTS,
];
