import { describe, expect, test } from 'vitest';
import { KERNEL_VERSIONS } from '../../src/contract/machine.js';
import { STA_INS } from '../../src/contract/timex.js';
import { CLOCK_WAS_SET_DELAYED, TK_CLOCK_WAS_SET } from '../../src/model/tk-core.js';
import { Booted, SEC } from './booted.js';

describe('an update', () => {
  test.each(KERNEL_VERSIONS)('that a writer commits is in both copies: Linux %s', (kernel) => {
    const { tk } = new Booted(undefined, { kernel });
    tk.writable.setTaiOffset(5n);
    expect([tk.taiOffset, tk.shadow.taiOffset].sort()).toEqual([0n, 5n]);
    tk.commit(0);
    expect([tk.taiOffset, tk.shadow.taiOffset]).toEqual([5n, 5n]);
  });

  test('counts that the clock was set modulo 2^32', () => {
    const { tk } = new Booted();
    tk.clockWasSetSeq = 2n ** 32n - 1n;
    tk.update(tk, TK_CLOCK_WAS_SET);
    expect(tk.clockWasSetSeq).toBe(0n);
  });

  test('keeps baseReal the REALTIME of base', () => {
    const guest = new Booted().elapse(5n * SEC);
    guest.tk.tick(guest.counter);
    const { base, baseReal } = guest.tk.tkrMono;
    expect(baseReal - base).toBe(guest.tk.offsReal);
  });
});

describe('what clock_was_set is owed', () => {
  test('gathers until it is taken', () => {
    const { tk } = new Booted();
    tk.clockWasSet(2);
    tk.clockWasSet(4);
    expect(tk.takeClockWasSet()).toBe(6);
    expect(tk.takeClockWasSet()).toBe(0);
  });

  test('after a leap second in a tick comes later, from a workqueue', () => {
    const midnight = 1_719_792_000n;
    const guest = new Booted(undefined, { persistent: { sec: midnight - 2n, nsec: 0n } });
    guest.tk.adjtimex({ modes: 0x10, status: STA_INS }, guest.counter);
    guest.tickThrough(SEC);
    expect(guest.tk.takeClockWasSet()).toBe(0);
    guest.tickThrough(SEC);
    expect(guest.tk.takeClockWasSet()).toBe(CLOCK_WAS_SET_DELAYED);
    expect(guest.realtime() / SEC).toBe(midnight - 1n);
  });
});
