import { UsageError } from '../../contract/errors.js';
import type { KernelVersion } from '../../contract/machine.js';
import type { Cycles } from '../../contract/units.js';
import { u64 } from '../../math/u64.js';
import { type Clocksource, registerClocksource, registerJiffies } from '../../model/clocksource.js';
import type { SystemTimeSnapshot } from '../../model/crosststamp.js';
import type { HrtimerOffsets } from '../../model/readers.js';
import { KERNEL_RULES } from '../../model/rules.js';
import { Timekeeper } from '../../model/timekeeper.js';
import type { Timespec } from '../../model/timespec.js';
import type { Args, Line } from './line.js';

/** The counter under test, and the jiffies of a boot on them: where the bench starts those. */
const MAIN_ID = 0n;
const JIFFIES_ID = 7n;
const INITIAL_JIFFIES: Cycles = (1n << 32n) - 300_000n;

interface Counter {
  readonly id: bigint;
  readonly clocksource: Clocksource;
  /** Modulo 2^64: the bench counts on past the counter's width. */
  value: Cycles;
}

/** What the kernel reads of a counter. */
function shown({ value, clocksource }: Counter): Cycles {
  return value & clocksource.mask;
}

/** The bench of the recordings: one kernel core, its counters, and slots to keep things in. */
export class Harness {
  readonly timekeeper: Timekeeper;
  /** Whether user space may read the main counter. */
  readonly vdso: boolean;
  /** The caller of hrnow. */
  readonly hrtimer: HrtimerOffsets = {
    clockWasSetSeq: 0n,
    offsReal: 0n,
    offsBoot: 0n,
    offsTai: 0n,
  };
  readonly snapshots = new Map<bigint, SystemTimeSnapshot>();
  /** What the persistent clock shows. */
  persistent: Timespec;
  private readonly counters = new Map<bigint, Counter>();
  private current: Counter;

  /**
   * Boots as an `init` command says.
   *
   * @throws {SubjectError} for anything that no kernel boots on
   */
  constructor(line: Line, kernel: KernelVersion) {
    if (line.command !== 'init') throw line.where.error('cmd', `"${line.command}" before init`);
    const { args } = line;
    this.vdso = args.numberOr('vdso', 0n) === 1n;
    this.persistent = { sec: args.number('pc_sec'), nsec: args.number('pc_nsec') };
    const hz = Number(args.number('hz'));
    this.current = this.add(MAIN_ID, line, this.vdso);
    if (args.numberOr('jiffies', 0n) === 1n) this.current = this.addJiffies(line, hz);
    this.timekeeper = accepted(
      line,
      () =>
        new Timekeeper({
          kernel,
          hz,
          rules: KERNEL_RULES,
          clocksource: this.current.clocksource,
          counter: shown(this.current),
          persistent: this.persistent,
          bootNs: args.number('boot_ns'),
        }),
    );
  }

  /** What the current counter shows. */
  get counter(): Cycles {
    return shown(this.current);
  }

  /** The counter that a command names, or the current one. */
  counterOf({ where, args }: Line): Counter {
    if (!args.has('id')) return this.current;
    const counter = this.counters.get(args.number('id'));
    if (counter === undefined) {
      throw where.error('args.id', `no counter ${args.text('id')} was added`);
    }
    return counter;
  }

  /** The current counter counts on by `cycles`, or back. */
  advance(cycles: Cycles): void {
    this.current.value = u64(this.current.value + cycles);
  }

  /** Registers one more counter. */
  addCounter(line: Line): Counter {
    return this.add(line.args.number('id'), line, false);
  }

  switchTo(line: Line): Counter {
    const counter = this.counterOf(line);
    this.timekeeper.switchClocksource(counter.clocksource, shown(counter), shown(this.current));
    this.current = counter;
    return counter;
  }

  /** The persistent clock shows what the command says, or what it showed before. */
  setPersistent(args: Args): Timespec {
    if (args.has('pc_sec') || args.has('pc_nsec')) {
      this.persistent = { sec: args.number('pc_sec'), nsec: args.number('pc_nsec') };
    }
    return this.persistent;
  }

  private add(id: bigint, line: Line, vdso: boolean): Counter {
    const { args } = line;
    const clocksource = accepted(line, () =>
      registerClocksource({
        name: args.text('name'),
        freq: args.number('freq'),
        scale: args.number('scale'),
        widthBits: Number(args.number('mask_bits')),
        nonstop: args.numberOr('nonstop', 0n) === 1n,
      }),
    );
    return this.keep(
      id,
      // The bench's counters are all read as a TSC by user space, or not at all.
      { ...clocksource, vdsoClockMode: vdso ? 'tsc' : 'none' },
      args.number('start'),
    );
  }

  private addJiffies(line: Line, hz: number): Counter {
    const jiffies = accepted(line, () => registerJiffies(hz));
    return this.keep(JIFFIES_ID, jiffies, INITIAL_JIFFIES);
  }

  private keep(id: bigint, clocksource: Clocksource, start: Cycles): Counter {
    const counter = { id, clocksource, value: start };
    this.counters.set(id, counter);
    return counter;
  }
}

/** A refusal by the model is here a fault of the file. */
function accepted<T>(line: Line, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof UsageError) throw line.where.error('args', error.message);
    throw error;
  }
}
