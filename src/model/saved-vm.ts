import type { TimerId } from '../contract/schedule.js';
import type { Ns } from '../contract/units.js';
import type { SystemTimeSnapshot } from './crosststamp.js';
import type { GuestState } from './guest-state.js';
import type { SharedWords } from './shared-words.js';
import type { Jiffies } from './tick-sched.js';
import type { Timekeeper } from './timekeeper.js';
import type { SavedVcpu, Vcpu } from './vcpu.js';
import type { SavedClocks } from './vm-clocks.js';

/** A snapshot: guest memory, vCPU state, and what the host's counter showed if the counters stood. */
export interface SavedVm {
  readonly timekeeper: Timekeeper;
  readonly words: SharedWords;
  readonly vcpus: readonly SavedVcpu[];
  readonly lockHolder: Vcpu | undefined;
  readonly stoppedCounter: bigint | undefined;
  readonly frozenAtNs: Ns | undefined;
  readonly frozeTimekeeper: boolean;
  readonly watchers: ReadonlyMap<TimerId, Ns>;
  readonly jiffies: Jiffies;
  readonly alarmAtNs: Ns | undefined;
  readonly history: SystemTimeSnapshot | undefined;
  readonly guest: GuestState;
  readonly marker: bigint;
  readonly generation: bigint;
  readonly clocks: SavedClocks;
}
