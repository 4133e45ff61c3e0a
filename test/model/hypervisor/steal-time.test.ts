import { describe, expect, test } from 'vitest';
import { NOTHING_STOLEN, StealTime } from '../../../src/model/hypervisor/steal-time.js';

// virtualization.md section 3.
describe('steal time', () => {
  test('grows by what the thread of the vCPU waited, and its version by two', () => {
    const host = new StealTime(500n);
    const first = host.update(NOTHING_STOLEN, 700n);
    expect(first).toEqual({ stealNs: 200n, version: 2 });
    expect(host.update(first, 1_000n)).toEqual({ stealNs: 500n, version: 4 });
  });

  test('does not show a stop: a thread that was stopped has not waited', () => {
    const host = new StealTime(500n);
    expect(host.update(NOTHING_STOLEN, 500n).stealNs).toBe(0n);
  });

  test('goes on after a move from where it was, by the new thread alone', () => {
    const source = new StealTime(0n).update(NOTHING_STOLEN, 9_000n);
    const destination = new StealTime(1_000_000n).update(source, 1_000_007n);
    expect(destination.stealNs).toBe(9_007n);
  });

  test('its version comes round after 2^32', () => {
    const record = { stealNs: 1n, version: 0xffff_fffe };
    expect(new StealTime(0n).update(record, 0n).version).toBe(0);
  });
});
