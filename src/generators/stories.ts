import type { Command, CommandKind } from '../contract/schedule.js';
import type { Prng } from '../math/prng.js';
import type { TimerSource } from './timer-commands.js';

/** What is drawn in a run of timers beside the kinds of any run: short stories, in an order that counts. */
type Story = (source: TimerSource, prng: Prng) => readonly Command[];

interface Weighted {
  readonly story: Story;
  /** The kinds that it needs: it is left out where one may not be drawn. */
  readonly kinds: readonly CommandKind[];
}

const OF_HOSTS: readonly CommandKind[] = ['host-adjtimex', 'arm', 'idle', 'elapse'];

const STORIES: readonly Weighted[] = [
  { story: (source, prng) => source.armRaw(prng), kinds: ['arm'] },
  { story: (source, prng) => source.armRaw(prng), kinds: ['arm'] },
  { story: (source, prng) => source.armPeriodic(prng), kinds: ['arm'] },
  {
    story: (source, prng) => source.overrun(prng),
    kinds: ['arm', 'hold-interrupts', 'elapse', 'cancel'],
  },
  { story: (source, prng) => source.armAlarm(prng), kinds: ['arm', 'guest-suspend'] },
  { story: (source, prng) => source.armWall(prng), kinds: ['arm'] },
  { story: (source, prng) => source.hold(prng), kinds: ['hold-interrupts'] },
  { story: (source, prng) => source.idle(prng), kinds: ['idle'] },
  { story: (source, prng) => source.nap(prng), kinds: ['arm', 'idle', 'adjtimex', 'elapse'] },
  { story: (source, prng) => source.rate(prng), kinds: ['adjtimex'] },
  { story: (source, prng) => source.step(prng), kinds: ['arm', 'adjtimex', 'elapse'] },
  { story: (source, prng) => source.hostRate(prng), kinds: OF_HOSTS },
  { story: (source, prng) => source.hostRate(prng), kinds: OF_HOSTS },
  { story: (source, prng) => source.wait(prng), kinds: ['elapse'] },
  { story: (source, prng) => source.wait(prng), kinds: ['elapse'] },
];

/** Swarm, as with the kinds of any run: each story is on in one run of two, and one in four has all. */
export function drawStories(prng: Prng, allowed: readonly CommandKind[] | undefined): Story[] {
  const isAllOn = prng.oneIn(4);
  const may = ({ kinds }: Weighted) => kinds.every((kind) => allowed?.includes(kind) ?? true);
  return STORIES.filter((each) => may(each) && (isAllOn || prng.oneIn(2))).map(
    ({ story }) => story,
  );
}
