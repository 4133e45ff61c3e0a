import { PLAIN_SCENE } from '../contract/catalogue.js';
import type { DeployedCell, DeployedRow } from '../contract/outcome.js';
import type { Ns } from '../contract/units.js';
import { sceneMachine } from '../generators/scene.js';
import type { Design } from '../model/designs/design.js';
import { TSC } from '../model/designs/scenes.js';
import { designNamed } from './catalogue.js';
import { firstReads, hasGuestCode } from './one-evil-play.js';

/** A VMM that people know by name, and the designs that say what it does over a pause and over a snapshot. */
interface Vmm {
  readonly label: string;
  readonly pause: string;
  readonly save: string;
}

const QEMU: Vmm = {
  label: 'QEMU stop/cont, savevm',
  pause: 'qemu-stop-cont-kvmclock',
  // savevm reads what a migration reads, and loadvm writes it back.
  save: 'qemu-migrate-kvmclock-live',
};

const VMMS: readonly Vmm[] = [
  QEMU,
  one('Firecracker 1.16', 'firecracker-1.16'),
  one('Firecracker 1.16 clock_realtime', 'firecracker-1.16-clock-realtime'),
  one('Cloud Hypervisor, June 2026', 'cloud-hypervisor-2026'),
  one('cooperative freeze (tglx 2021)', 'cooperative-freeze'),
];

function one(label: string, design: string): Vmm {
  return { label, pause: design, save: design };
}

const CLOCKSOURCES = [PLAIN_SCENE.clocksource, TSC] as const;

/** From the stop to the last step of a save the rest of the memory is written: 0.3 s. */
const LINGERS_NS: Ns = 300_000_000n;

/** What the clocks of a guest show after a minute's stop, by what is deployed: one schedule each, played now. */
export function deployed(): readonly DeployedRow[] {
  return VMMS.map(({ label, ...designs }) => ({
    label,
    hasGuestCode: hasGuestCode(designNamed(designs.save)),
    cells: (['pause', 'save'] as const).flatMap((stop) =>
      CLOCKSOURCES.map((clocksource) => cellOf(designNamed(designs[stop]), stop, clocksource)),
    ),
  }));
}

function cellOf(
  design: Design,
  stop: 'pause' | 'save',
  clocksource: (typeof CLOCKSOURCES)[number],
): DeployedCell {
  const scene = { stop, clocksource, mostGapNs: LINGERS_NS };
  const machine = sceneMachine({ ...design, scene });
  const at = { design, stop, machine };
  const { monotonic, realtime } = firstReads(at);
  const lingering =
    stop === 'save' ? firstReads({ ...at, lingersNs: LINGERS_NS }).monotonic : monotonic;
  return {
    design: design.name,
    stop,
    clocksource: clocksource.name,
    monotonic,
    realtime,
    countsTheSave: monotonic === 'holds' && lingering === 'violated',
  };
}
