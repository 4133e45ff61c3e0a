import type { Scene } from '../contract/catalogue.js';
import type { Machine } from '../contract/machine.js';
import type { Command, CommandKind, Schedule } from '../contract/schedule.js';
import { Prng } from '../math/prng.js';
import { CommandSource, drawHabits, type WheelKind } from './command.js';
import { type DesignPremises, drawMachine } from './machine.js';
import { pick } from './magnitude.js';
import { drawStops } from './stops.js';
import { drawStories } from './stories.js';
import { TimerSource } from './timer-commands.js';
import { withTimers } from './timer-machine.js';

/** What schedules are drawn from. */
export interface DrawOptions {
  /** One of them is drawn for each run's machine. */
  readonly designs: readonly DesignPremises[];
  /** Most commands of a schedule. */
  readonly maxCommands: number;
  /** Every run on this one; left out: a new one each run. */
  readonly machine?: Machine;
  /** Kinds that may be drawn; left out: all. */
  readonly kinds?: readonly CommandKind[];
  /** On `machine`, and about nothing but stops and what is read around them; left out: about all. */
  readonly scene?: Scene;
}

/** How often each kind is drawn where a run has it on. */
const WEIGHTS: readonly (readonly [WheelKind, number])[] = [
  ['elapse', 8],
  ['read', 8],
  ['snapshot', 3],
  ['cross-timestamp', 1],
  ['tick', 6],
  ['settime', 1],
  ['adjtimex', 3],
  ['arm', 2],
  ['cancel', 1],
  ['guest-suspend', 1],
  ['guest-resume', 2],
  ['vm-pause', 1],
  ['vm-resume', 2],
  ['vm-save', 1],
  ['vm-restore', 1],
  ['vm-migrate', 1],
  ['continue', 3],
];

/** Tells the draws of a run of timers from the others: old kinds keep what they had in the other runs. */
const TIMERS_SEED = 0x7157;
/** One run in so many is one of timers. */
const TIMERS_ONE_IN = 8;

/** Without these nothing is put to the test: every run has one of them on. */
const OBSERVERS: readonly WheelKind[] = ['read', 'snapshot'];

/**
 * The schedule of one run of a search: a function of its arguments and nothing else.
 *
 * Swarm: each run has its own subset of the kinds, its own weights and its own habit of stopping
 * operations in their middle, as a kind that is always there may mask what another one shows. One
 * run in eight has all on.
 */
export function draw(seed: number, run: number, options: DrawOptions): Schedule {
  const prng = new Prng(seed, run);
  const { scene, machine: given } = options;
  if (scene !== undefined && given !== undefined) {
    return { machine: given, commands: drawStops(prng, given, scene, options.maxCommands) };
  }
  const timers = new Prng(seed ^ TIMERS_SEED, run);
  const stories = timers.oneIn(TIMERS_ONE_IN) ? drawStories(timers, options.kinds) : [];
  const plain = options.machine ?? drawMachine(prng, options.designs);
  const machine =
    stories.length > 0 && options.machine === undefined ? withTimers(timers, plain) : plain;
  const wheel = drawWheel(prng, options.kinds);
  const source = new CommandSource(machine, drawHabits(prng, machine));
  const timerSource = new TimerSource(machine);
  const commands: Command[] = [];
  const drawn = 1 + prng.below(options.maxCommands);
  // Stories come on top of what the run has anyway, as far as there is room.
  const length = stories.length > 0 ? Math.min(2 * drawn, options.maxCommands) : drawn;
  const watches = wheel.includes('read') && prng.oneIn(4);
  let holds: WheelKind | undefined;
  if (stories.length > 0) commands.push(...timerSource.opening(timers, options.kinds));
  if (wheel.includes('adjtimex')) commands.push(...source.opening(prng));
  while (commands.length < length) {
    if (stories.length > 0 && timers.oneIn(2)) {
      commands.push(...pick(timers, stories)(timerSource, timers));
      continue;
    }
    const kind = kindAfter(prng, holds, wheel);
    const command = source.draw(prng, kind);
    if (watches && WRITERS.has(kind) && commands.length + 2 < length) {
      const watch = source.watch(prng);
      commands.push(watch, command, watch);
    } else commands.push(command);
    holds = heldBy(kind, holds);
  }
  // A story may be longer than what was left.
  return { machine, commands: commands.slice(0, length) };
}

/** What may move a clock at once: in one run of four with reads, the same one is read before and after. */
const WRITERS: ReadonlySet<WheelKind> = new Set(['tick', 'settime', 'adjtimex']);

/** What may well come next while the VM is stopped, or the guest asleep; else most commands mean nothing. */
const NEXT: Partial<Record<WheelKind, readonly WheelKind[]>> = {
  'vm-pause': ['elapse', 'elapse', 'vm-resume', 'vm-resume', 'vm-save', 'vm-restore', 'vm-migrate'],
  'guest-suspend': ['elapse', 'elapse', 'guest-resume', 'guest-resume', 'vm-pause'],
};

function kindAfter(
  prng: Prng,
  holds: WheelKind | undefined,
  wheel: readonly WheelKind[],
): WheelKind {
  const next = holds === undefined ? undefined : NEXT[holds];
  const kind = pick(prng, wheel);
  if (next === undefined || prng.oneIn(4)) return kind;
  const likely = pick(prng, next);
  return wheel.includes(likely) || likely === 'elapse'
    ? likely
    : (RELEASE[holds ?? likely] ?? kind);
}

/** What ends a stop: always on where its beginning is. */
const RELEASE: Partial<Record<WheelKind, WheelKind>> = {
  'vm-pause': 'vm-resume',
  'guest-suspend': 'guest-resume',
};

/** Whether a stop or a sleep is on after a command of this kind: a guess, since a command may be skipped. */
function heldBy(kind: WheelKind, before: WheelKind | undefined): WheelKind | undefined {
  if (kind === 'vm-pause' || kind === 'guest-suspend') return kind;
  if (kind === 'vm-resume' || kind === 'guest-resume' || kind === 'vm-restore') return undefined;
  return before;
}

/** Each kind as often as it weighs. */
function drawWheel(prng: Prng, allowed: readonly CommandKind[] | undefined): WheelKind[] {
  const isAllOn = prng.oneIn(8);
  const observer = pick(prng, OBSERVERS);
  const wheel: WheelKind[] = [];
  for (const [kind, weight] of WEIGHTS) {
    const isOn = isAllOn || prng.oneIn(2) || kind === observer;
    const times = weight * (1 + prng.below(3));
    if (!isOn || (allowed !== undefined && !allowed.includes(kind))) continue;
    for (let time = 0; time < times; time++) wheel.push(kind);
  }
  if (wheel.length > 0) return wheel;
  const kinds = WEIGHTS.map(([kind]) => kind).filter((kind) => allowed?.includes(kind) ?? false);
  return kinds.length > 0 ? kinds : [...OBSERVERS];
}
