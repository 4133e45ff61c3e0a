import { PLAIN_SCENE, type Scene } from '../contract/catalogue.js';
import type { Machine } from '../contract/machine.js';
import type { EvilOutcome, EvilVerdict } from '../contract/outcome.js';
import type { Ns } from '../contract/units.js';
import { sceneMachine } from '../generators/scene.js';
import { drawStepLists, type StopKind } from '../generators/step-lists.js';
import { Prng } from '../math/prng.js';
import type { Design } from '../model/designs/design.js';
import { DESIGNS } from '../model/designs/index.js';
import { nameOfOrder, orderOf } from '../model/designs/order.js';
import { AHEAD, movedTo, TSC } from '../model/designs/scenes.js';
import type { SearchOptions } from './check.js';
import { EVIL_LAWS, evilVerdict, firstReads, hasGuestCode } from './one-evil-play.js';

/** What no design keeps both of, without code of the guest on resume, for stops longer than both eps. */
export const ONE_EVIL = {
  name: 'first-read-cannot-have-both',
  statement:
    'No steps of a host alone keep MONOTONIC from counting a stop and REALTIME right at the first read after it.',
  laws: EVIL_LAWS,
  source: {
    title: 'Thomas Gleixner, 2021: two evils, of which one has to be chosen',
    url: 'https://lore.kernel.org/kvm/871r557jls.ffs@tglx/',
  },
} as const;

export interface EvilOptions extends Pick<SearchOptions, 'seed' | 'interrupted'> {
  readonly lists: number;
}

/** laws.md: at most a millisecond between two steps. */
const STOP_ERROR_NS: Ns = 1_000_000n;

/** Judges random lists of host steps by the first reads after the first vCPU has entered. */
export function oneEvil({ seed, lists, interrupted }: EvilOptions): EvilOutcome {
  const verdicts = {
    'both-kept': 0,
    'monotonic-kept': 0,
    'realtime-kept': 0,
    neither: 0,
    vacuous: 0,
  };
  const exceptions: string[] = [];
  let judged = 0;
  for (; judged < lists && interrupted?.() !== true; judged++) {
    const prng = new Prng(seed, judged);
    const { stop, machine } = SCENES[prng.below(SCENES.length)] as EvilScene; // in range
    const order = drawStepLists(prng, stop);
    const verdict = evilVerdict(firstReads({ design: orderOf(order), stop, machine }));
    verdicts[verdict]++;
    if (verdict === 'both-kept') exceptions.push(nameOfOrder(order));
  }
  return { seed, lists: judged, verdicts, exceptions };
}

export interface EvilOfDesign {
  readonly design: string;
  readonly stop: StopKind;
  readonly hasGuestCode: boolean;
  readonly verdict: EvilVerdict;
}

/** The same of every design of the catalogue, for each way to stop a guest that it has a list for. */
export function oneEvilOfDesigns(): readonly EvilOfDesign[] {
  return DESIGNS.flatMap((design) => {
    const machine = sceneMachine({ ...design, scene: { ...design.scene, ...ON_TWO_HOSTS } });
    return stopsOf(design).map((stop) => ({
      design: design.name,
      stop,
      hasGuestCode: hasGuestCode(design),
      verdict: evilVerdict(firstReads({ design, stop, machine })),
    }));
  });
}

/** A list of moves is of use on two hosts; what the scene says of them itself stays. */
const ON_TWO_HOSTS: Partial<Scene> = { stop: 'migrate' };

function stopsOf({ save, restore, migrates }: Design): readonly StopKind[] {
  const isSaved = save !== undefined || restore !== undefined;
  return [
    'pause',
    ...(isSaved ? (['save'] as const) : []),
    ...(migrates ? (['migrate'] as const) : []),
  ];
}

interface EvilScene {
  readonly stop: StopKind;
  readonly machine: Machine;
}

/** Both clocksources and every way to stop; another host's counter is level, ahead or behind. */
const SCENES: readonly EvilScene[] = [PLAIN_SCENE.clocksource, TSC].flatMap((clocksource) =>
  [
    { stop: 'pause' as const },
    { stop: 'save' as const },
    ...[0n, AHEAD, -AHEAD].map((ahead) => movedTo(ahead)),
  ].map((scene) => ({
    stop: scene.stop as StopKind, // of movedTo: 'migrate'
    machine: sceneMachine({
      name: '',
      stopErrorNs: { monotonic: STOP_ERROR_NS, boottime: STOP_ERROR_NS },
      migrates: true,
      scene: { ...scene, clocksource, stop: 'migrate' },
    }),
  })),
);
