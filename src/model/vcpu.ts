import type { VcpuActor } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import { Clockevent, type ClockeventOptions, type SavedClockevent } from './clockevent.js';
import type { Hold } from './hold.js';
import { HrtimerQueue } from './hrtimer.js';
import type { Operation } from './operation.js';
import type { HrtimerOffsets } from './readers.js';

/** One vCPU: its counter's offset, its timers and their device, and the operation it was stopped in. */
export class Vcpu {
  running = false;
  /** What its counter is ahead of the host's, in cycles. */
  offset: bigint;
  /** MSR TSC_ADJUST, signed: what the guest, and not the host, moved its TSC by. */
  tscAdjust = 0n;
  readonly clockevent: Clockevent;
  hrtimers = new HrtimerQueue();
  /** True time of the device's next interrupt; undefined: none will come as things are. */
  dueNs: Ns | undefined;
  /** What an hrtimer of the host waits for, on the host's MONOTONIC; undefined: none does. */
  hostExpires: bigint | undefined;
  /** What was told last of the deadline that the guest wrote. */
  saidDeadline: bigint | undefined;
  operation: Operation | undefined;
  /** It was told that it stands in the middle of one. */
  preempted = false;
  /** It has nothing to run, and waits for an interrupt. */
  halted = false;
  /** It has no tick: it is idle, or one of nohz_full. */
  tickStopped = false;
  /** MONOTONIC of the tick that would have come next when it stopped; the grid goes on from there. */
  lastTick: Ns = 0n;
  /** It was the last to keep time before nobody did. `do_timer_last`. */
  keptLast = false;
  /** Jiffies as its last tick saw them, and for how many ticks they stood still. */
  seenJiffies = 0n;
  stalledJiffies = 0;
  /** Why it takes no interrupts; undefined: it does. */
  hold: Hold | undefined;
  /** It was stopped as the clock was set: it looks at its timers as it goes on. */
  owesReprogram = false;
  /** An interrupt, or an NMI, of the design waits to be taken. */
  pendingIrq = false;
  pendingNmi = false;
  /** What was told last of its device. */
  saidNextEvent: Ns | null = null;
  saidDeltaNs: Ns = 0n;
  /** What its hrtimers remember of the timekeeper. */
  timerOffsets: HrtimerOffsets = { clockWasSetSeq: 0n, offsReal: 0n, offsBoot: 0n, offsTai: 0n };

  constructor(
    readonly actor: VcpuActor,
    skewCycles: bigint,
    clockevent: ClockeventOptions,
  ) {
    this.offset = skewCycles;
    this.clockevent = new Clockevent(clockevent);
  }

  save(): SavedVcpu {
    return {
      offset: this.offset,
      tscAdjust: this.tscAdjust,
      clockevent: this.clockevent.save(),
      hrtimers: this.hrtimers.clone(),
      operation: this.operation?.clone(),
      timerOffsets: { ...this.timerOffsets },
      idle: this.saveIdle(),
    };
  }

  load(saved: SavedVcpu): void {
    this.offset = saved.offset;
    this.tscAdjust = saved.tscAdjust;
    this.clockevent.load(saved.clockevent);
    this.hrtimers = saved.hrtimers.clone();
    this.operation = saved.operation?.clone();
    this.timerOffsets = { ...saved.timerOffsets };
    Object.assign(this, saved.idle);
    this.dueNs = undefined;
  }

  private saveIdle(): SavedIdle {
    const { halted, tickStopped, lastTick, keptLast, seenJiffies, stalledJiffies } = this;
    const { preempted, hold, saidNextEvent, saidDeltaNs, saidDeadline } = this;
    const { pendingIrq, pendingNmi, owesReprogram } = this;
    return {
      ...{ halted, tickStopped, lastTick, keptLast, seenJiffies, stalledJiffies },
      ...{ preempted, hold, saidNextEvent, saidDeltaNs, saidDeadline },
      ...{ pendingIrq, pendingNmi, owesReprogram },
    };
  }
}

/** The part of a snapshot that belongs to one vCPU. */
export interface SavedVcpu {
  readonly offset: bigint;
  readonly tscAdjust: bigint;
  readonly clockevent: SavedClockevent;
  readonly hrtimers: HrtimerQueue;
  readonly operation: Operation | undefined;
  readonly timerOffsets: HrtimerOffsets;
  readonly idle: SavedIdle;
}

/** What it knows of its tick, and why it does not run anything. */
type SavedIdle = Pick<
  Vcpu,
  | 'preempted'
  | 'halted'
  | 'tickStopped'
  | 'lastTick'
  | 'keptLast'
  | 'seenJiffies'
  | 'stalledJiffies'
  | 'hold'
  | 'saidNextEvent'
  | 'saidDeltaNs'
  | 'saidDeadline'
  | 'pendingIrq'
  | 'pendingNmi'
  | 'owesReprogram'
>;
