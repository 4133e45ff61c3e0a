import type { ClockId } from '../../contract/clock.js';
import { NSEC_PER_SEC } from '../../contract/units.js';
import {
  boottimeFast,
  monotonicFast,
  rawFast,
  realtimeFast,
  taiFast,
} from '../../model/fast-timekeeper.js';
import { readVdso } from '../../model/vdso-page.js';
import type { Harness } from './harness.js';

/** A number, a flag or nested outputs, as a command produced them. */
export type Output = bigint | number | boolean;
export type Outputs = [name: string, value: Output][];

/** How many of the readers of one `read` warn while the guest is suspended. */
export const WARNINGS_PER_SUSPENDED_READ = 8;

/** In the order of the bits of `vdso.fallback`. */
const VDSO_CLOCKS: readonly (readonly [string, ClockId])[] = [
  ['mono', 'CLOCK_MONOTONIC'],
  ['raw', 'CLOCK_MONOTONIC_RAW'],
  ['boot', 'CLOCK_BOOTTIME'],
  ['real', 'CLOCK_REALTIME'],
  ['tai', 'CLOCK_TAI'],
  ['mono_coarse', 'CLOCK_MONOTONIC_COARSE'],
  ['real_coarse', 'CLOCK_REALTIME_COARSE'],
];

/** Every reader of the kernel. */
export function readAll(harness: Harness): Outputs {
  const { timekeeper, counter } = harness;
  const outputs = readSystemCalls(harness, '');
  outputs.push(
    ['mono_fast', monotonicFast(timekeeper, counter)],
    ['raw_fast', rawFast(timekeeper, counter)],
    ['boot_fast', boottimeFast(timekeeper, counter)],
    ['tai_fast', taiFast(timekeeper, counter)],
    ['real_fast', realtimeFast(timekeeper, counter)],
  );
  if (harness.vdso) readPage(harness, outputs);
  return outputs;
}

/** The readers behind the system calls; `prefix` names the moment of the read. */
export function readSystemCalls({ timekeeper, counter }: Harness, prefix: string): Outputs {
  const real = timekeeper.realtime(counter);
  const coarse = timekeeper.monotonicCoarse();
  return [
    [`${prefix}mono`, timekeeper.monotonic(counter)],
    [`${prefix}raw`, timekeeper.raw(counter)],
    [`${prefix}boot`, timekeeper.boottime(counter)],
    [`${prefix}real`, real],
    [`${prefix}tai`, timekeeper.tai(counter)],
    [`${prefix}real_sec`, real / NSEC_PER_SEC],
    [`${prefix}real_nsec`, real % NSEC_PER_SEC],
    [`${prefix}mono_coarse`, coarse],
    [`${prefix}real_coarse`, coarse + timekeeper.offsReal],
    [`${prefix}boot_coarse`, coarse + timekeeper.offsBoot],
    [`${prefix}tai_coarse`, coarse + timekeeper.offsTai],
    [`${prefix}ktime_sec`, timekeeper.ktimeSec],
  ];
}

function readPage({ timekeeper, counter }: Harness, outputs: Outputs): void {
  const page = timekeeper.vdsoPage();
  let fallback = 0;
  VDSO_CLOCKS.forEach(([name, clock], bit) => {
    const ns = readVdso(page, clock, counter);
    if (ns === null) fallback |= 1 << bit;
    outputs.push([`vdso.${name}`, ns ?? -1n]);
  });
  outputs.push(['vdso.fallback', fallback]);
}
