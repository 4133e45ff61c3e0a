import { describe, expect, test } from 'vitest';
import { wallClockOf, wallTime } from '../../../src/model/hypervisor/wall-clock.js';

const SEC = 1_000_000_000n;

// virtualization.md section 2.9.
describe('the wall clock page', () => {
  test('says when kvmclock was 0: with kvmclock it is REALTIME of the host', () => {
    const page = wallClockOf(1_700_000_000n * SEC + 7n, 5n * SEC + 9n);
    expect(page).toEqual({ sec: 1_699_999_994n, nsec: 999_999_998n });
    expect(wallTime(page, 5n * SEC + 9n)).toEqual({ sec: 1_700_000_000n, nsec: 7n });
  });

  test('is of the boot: a host that sets its clock later does not show', () => {
    const page = wallClockOf(1_700_000_000n * SEC, 0n);
    // An hour on, the host is set forward by ten seconds; the guest goes on as it was told.
    expect(wallTime(page, 3_600n * SEC)).toEqual({ sec: 1_700_003_600n, nsec: 0n });
  });

  test('begins anew in 2106', () => {
    expect(wallClockOf((2n ** 32n + 3n) * SEC, 0n)).toEqual({ sec: 3n, nsec: 0n });
  });
});
