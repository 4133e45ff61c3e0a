import type { KernelVersion } from '../contract/machine.js';

/** What differs between the modelled kernels. */
export interface KernelDifferences {
  /**
   * Whether a change of mult adds to ntp_error the time by which it back-dates the new rate.
   * 6.12.110 brought it; before, that time was never repaid.
   */
  readonly adjustmentEntersNtpError: boolean;
}

export const KERNELS: Readonly<Record<KernelVersion, KernelDifferences>> = {
  '6.12.109': { adjustmentEntersNtpError: false },
  '6.12.117': { adjustmentEntersNtpError: true },
};
