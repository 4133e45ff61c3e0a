import { expect, test } from 'vitest';
import { KERNEL_VERSIONS } from '../../src/contract/machine.js';
import { KERNELS } from '../../src/model/kernels.js';
import { Booted, PPM } from './booted.js';

test('every kernel version of the contract is described', () => {
  expect(Object.keys(KERNELS).sort()).toEqual([...KERNEL_VERSIONS].sort());
});

test('a change of rate in mid-tick enters ntp_error since 6.12.110, and did not before', () => {
  const errorAfterChange = (kernel: (typeof KERNEL_VERSIONS)[number]) => {
    const guest = new Booted(undefined, { kernel });
    guest.tickThrough(40_000_000n).elapse(3_000_000n);
    guest.tk.adjtimex({ modes: 0x2, freq: 500n * PPM }, guest.counter);
    return guest.tk.ntpError;
  };
  expect(errorAfterChange('6.12.109')).toBe(0n);
  // 3 ms at 500 ppm are 1.5 µs; mult is whole, so it is off by less than 0.119 ppm.
  const us = Number(errorAfterChange('6.12.117') >> 32n) / 1000;
  expect(us).toBeCloseTo(1.5, 2);
});
