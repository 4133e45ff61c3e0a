import { describe, expect, test } from 'vitest';
import { STA_INS } from '../../src/contract/timex.js';
import type { HrtimerOffsets } from '../../src/model/readers.js';
import { Booted, SEC } from './booted.js';

const MIDNIGHT = 1_719_792_000n;
const fresh = (): HrtimerOffsets => ({
  clockWasSetSeq: 0n,
  offsReal: 0n,
  offsBoot: 0n,
  offsTai: 0n,
});

describe('the read of a timer interrupt', () => {
  test('is MONOTONIC, and brings the offsets up to date', () => {
    const guest = new Booted().elapse(SEC);
    const cached = fresh();
    expect(guest.tk.updateOffsetsNow(cached, guest.counter)).toBe(SEC);
    expect(cached.offsReal).toBe(1_700_000_000n * SEC);
    guest.tk.injectSleeptime64({ sec: 100n, nsec: 0n }, guest.counter);
    guest.tk.updateOffsetsNow(cached, guest.counter);
    expect(cached).toEqual({
      clockWasSetSeq: 2n,
      offsReal: 1_700_000_100n * SEC,
      offsBoot: 100n * SEC,
      offsTai: 1_700_000_100n * SEC,
    });
  });

  test('does not look at the offsets again until the clock was set', () => {
    const guest = new Booted();
    const cached = fresh();
    guest.tk.updateOffsetsNow(cached, guest.counter);
    cached.offsBoot = 5n;
    guest.tk.updateOffsetsNow(cached, guest.counter);
    expect(cached.offsBoot).toBe(5n);
  });

  test('foresees a leap second whose tick is late, for REALTIME alone', () => {
    const guest = new Booted(undefined, { persistent: { sec: MIDNIGHT - 10n, nsec: 0n } });
    guest.tk.adjtimex({ modes: 0x10, status: STA_INS }, guest.counter);
    guest.tickThrough(2n * SEC);
    const cached = fresh();
    guest.tk.updateOffsetsNow(cached, guest.counter);
    const before = { ...cached };
    guest.elapse(8n * SEC);
    expect(guest.realtime()).toBe(MIDNIGHT * SEC);
    guest.tk.updateOffsetsNow(cached, guest.counter);
    expect(cached).toEqual({ ...before, offsReal: before.offsReal - SEC });
    guest.tickAfter(4_000_000n);
    guest.tk.updateOffsetsNow(cached, guest.counter);
    expect(cached.offsReal).toBe(before.offsReal - SEC);
    expect(cached.offsTai).toBe(before.offsTai);
  });
});
