import type { ClocksourceSpec, KernelVersion } from '../../src/contract/machine.js';
import { registerClocksource } from '../../src/model/clocksource.js';
import { KERNEL_RULES, type Rules } from '../../src/model/rules.js';
import { Timekeeper } from '../../src/model/timekeeper.js';

export const MS = 1_000_000n;
export const SEC = 1_000_000_000n;
/** 1 ppm of adjtimex's freq. */
export const PPM = 65_536n;

const spec = (
  name: string,
  freq: bigint,
  scale: bigint,
  widthBits: number,
  nonstop = false,
): ClocksourceSpec => ({ name, freq, scale, widthBits, nonstop });

/** The counters of the recordings. */
export const COUNTERS = {
  tsc25: spec('tsc', 2_500_000n, 1000n, 64),
  tsc29999: spec('tsc', 2_999_900n, 1000n, 64),
  kvm1g: spec('kvm-clock', 1_000_000_000n, 1n, 64),
  arm24m: spec('arch_sys_counter', 24_000_000n, 1n, 56, true),
  acpipm: spec('acpi_pm', 3_579_545n, 1n, 24),
  hpet: spec('hpet', 14_318_180n, 1n, 32),
};

interface Options {
  readonly kernel?: KernelVersion;
  readonly hz?: number;
  readonly rules?: Rules;
  readonly counter?: bigint;
  readonly persistent?: { readonly sec: bigint; readonly nsec: bigint };
  readonly bootNs?: bigint;
}

/** A timekeeper with a counter at its side: `elapse` moves the counter alone. */
export class Booted {
  readonly tk: Timekeeper;
  counter: bigint;
  private readonly hz: bigint;
  private readonly mask: bigint;

  constructor(counter: ClocksourceSpec = COUNTERS.kvm1g, options: Options = {}) {
    this.counter = options.counter ?? 5_000_000_000n;
    this.hz = counter.freq * counter.scale;
    const clocksource = registerClocksource(counter);
    this.mask = clocksource.mask;
    this.counter &= this.mask;
    this.tk = new Timekeeper({
      kernel: options.kernel ?? '6.12.117',
      hz: options.hz ?? 250,
      rules: options.rules ?? KERNEL_RULES,
      clocksource,
      counter: this.counter,
      persistent: options.persistent ?? { sec: 1_700_000_000n, nsec: 0n },
      bootNs: options.bootNs ?? 0n,
    });
  }

  /** Nominal cycles in `ns`. */
  cycles(ns: bigint): bigint {
    return (ns * this.hz) / SEC;
  }

  elapse(ns: bigint): this {
    return this.count(this.cycles(ns));
  }

  count(cycles: bigint): this {
    this.counter = (this.counter + cycles) & this.mask;
    return this;
  }

  /** One late tick after `ns`, as after a sleep without ticks. */
  tickAfter(ns: bigint): boolean {
    this.elapse(ns);
    return this.tk.tick(this.counter);
  }

  /** `ns` with a tick at the end of every interval. */
  tickThrough(ns: bigint): this {
    const { cycleInterval } = this.tk;
    const last = this.cycles(ns);
    for (let done = 0n; done + cycleInterval <= last; done += cycleInterval) {
      this.count(cycleInterval);
      this.tk.tick(this.counter);
    }
    return this;
  }

  monotonic(): bigint {
    return this.tk.monotonic(this.counter);
  }

  realtime(): bigint {
    return this.tk.realtime(this.counter);
  }

  raw(): bigint {
    return this.tk.raw(this.counter);
  }
}

/** Every field of a timekeeper that can be compared, for "nothing else moved". */
export function stateOf(tk: Timekeeper): unknown {
  const { rules: _rules, ...state } = structuredCloneOf(tk);
  return state;
}

function structuredCloneOf(tk: Timekeeper): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(tk, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)),
  );
}
