import type { VcpuActor } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { Clockevent } from './clockevent.js';
import { HrtimerQueue } from './hrtimer.js';
import type { Operation } from './operation.js';
import type { HrtimerOffsets } from './readers.js';

/** One vCPU: its counter's offset, its timers and their device, and the operation it was stopped in. */
export class Vcpu {
  running = false;
  /** What its counter is ahead of the host's, in cycles. */
  offset: bigint;
  readonly clockevent: Clockevent;
  hrtimers = new HrtimerQueue();
  /** True time of the device's next interrupt; undefined: none will come as things are. */
  dueNs: Ns | undefined;
  operation: Operation | undefined;
  /** What its hrtimers remember of the timekeeper. */
  timerOffsets: HrtimerOffsets = { clockWasSetSeq: 0n, offsReal: 0n, offsBoot: 0n, offsTai: 0n };

  constructor(
    readonly actor: VcpuActor,
    skewCycles: bigint,
    counterHz: bigint,
  ) {
    this.offset = skewCycles;
    this.clockevent = new Clockevent(counterHz);
  }

  save(): SavedVcpu {
    return {
      offset: this.offset,
      deadline: this.clockevent.deadline,
      hrtimers: this.hrtimers.clone(),
      operation: this.operation?.clone(),
      timerOffsets: { ...this.timerOffsets },
    };
  }

  load(saved: SavedVcpu): void {
    this.offset = saved.offset;
    this.clockevent.deadline = saved.deadline;
    this.hrtimers = saved.hrtimers.clone();
    this.operation = saved.operation?.clone();
    this.timerOffsets = { ...saved.timerOffsets };
    this.dueNs = undefined;
  }
}

/** The part of a snapshot that belongs to one vCPU. */
export interface SavedVcpu {
  readonly offset: bigint;
  readonly deadline: bigint | undefined;
  readonly hrtimers: HrtimerQueue;
  readonly operation: Operation | undefined;
  readonly timerOffsets: HrtimerOffsets;
}
