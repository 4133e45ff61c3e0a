import { CLOCK_IDS, READ_PATHS, TIMER_CLOCKS } from './clock.js';
import {
  type Actor,
  HELD_CAUSES,
  HOLD_CAUSES,
  type HostActor,
  type TaskActor,
  type Timex,
  type VcpuActor,
  type VmmActor,
} from './schedule.js';
import { COUNT } from './wire-machine.js';
import { ANY_NUMBER, integer, record, S64, type Shape, word } from './wire-shape.js';

export const CLOCK = word(...CLOCK_IDS);
export const TIMER_CLOCK = word(...TIMER_CLOCKS);
export const VIA = word(...READ_PATHS);
export const STEPS = integer(1, Number.MAX_SAFE_INTEGER);
/** What a system call returns: a negative errno, or a small number. */
export const RET = integer(-(2 ** 31), 2 ** 31 - 1);
/** What keeps interrupts from a vCPU. */
export const CAUSE = word(...HOLD_CAUSES);
export const HELD_CAUSE = word(...HELD_CAUSES);
const FLAGS = integer(0, 2 ** 32 - 1);
/** Values that a broken guest may overflow, so only their length is bounded. */
export const NS = ANY_NUMBER;

export const VCPU_ACTOR = record<VcpuActor>({ vm: COUNT, vcpu: COUNT });
export const VMM_ACTOR = record<VmmActor>({ vm: COUNT, task: word('vmm') });
const TASK_ACTOR = record<TaskActor>({
  vm: COUNT,
  task: word('vmm', 'daemon', 'application', 'agent'),
});
export const HOST_ACTOR = record<HostActor>({ host: COUNT });
export const VCPU_OR_VMM: Shape<VcpuActor | VmmActor> = {
  type: 'any-of',
  of: [VCPU_ACTOR, VMM_ACTOR],
};
export const ANY_ACTOR: Shape<Actor> = { type: 'any-of', of: [VCPU_ACTOR, TASK_ACTOR, HOST_ACTOR] };

export const TIMEX = record<Timex>(
  {
    modes: FLAGS,
    offset: S64,
    freq: S64,
    maxerror: S64,
    esterror: S64,
    status: integer(-(2 ** 31), 2 ** 31 - 1),
    constant: S64,
    tick: S64,
    timeSec: S64,
    timeUsec: S64,
  },
  ['offset', 'freq', 'maxerror', 'esterror', 'status', 'constant', 'tick', 'timeSec', 'timeUsec'],
);
