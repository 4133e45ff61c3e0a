import { PLAIN_SCENE } from '../contract/catalogue.js';
import type { Answers } from '../contract/outcome.js';
import type { Design } from '../model/designs/design.js';
import { TSC } from '../model/designs/scenes.js';
import { designNamed } from './catalogue.js';
import { bothOf } from './one-evil.js';

/** What a VMM does, by kind of stop and clocksource: the designs of its cells. */
interface Deployed {
  readonly name: string;
  /** Where another design of the same VMM is meant, by the heading of the column. */
  readonly designs: Readonly<Record<Column, string>>;
  readonly note?: string;
}

/** The ways to stop a guest, and what it reads. */
const COLUMNS = ['pause kvm-clock', 'pause tsc', 'save kvm-clock', 'save tsc'] as const;
type Column = (typeof COLUMNS)[number];

/** The VMMs that a newcomer looks for first. */
const DEPLOYED: readonly Deployed[] = [
  {
    name: 'QEMU stop/cont, savevm',
    designs: {
      'pause kvm-clock': 'qemu-stop-cont-kvmclock',
      'pause tsc': 'qemu-stop-cont-tsc',
      'save kvm-clock': 'qemu-migrate-kvmclock-live',
      'save tsc': 'qemu-migrate-tsc',
    },
  },
  { name: 'Firecracker 1.16', designs: all('firecracker-1.16') },
  { name: 'Firecracker 1.16 clock_realtime', designs: all('firecracker-1.16-clock-realtime') },
  { name: 'Cloud Hypervisor, June 2026', designs: all('cloud-hypervisor-2026') },
  { name: 'cooperative freeze (tglx 2021)', designs: all('cooperative-freeze') },
];

function all(design: string): Readonly<Record<Column, string>> {
  return {
    'pause kvm-clock': design,
    'pause tsc': design,
    'save kvm-clock': design,
    'save tsc': design,
  };
}

/** The designs behind the table. */
export const DEPLOYED_DESIGNS: readonly string[] = [
  ...new Set(DEPLOYED.flatMap(({ designs }) => Object.values(designs))),
];

/** Plays one stop of a minute for each entry, and judges both promises. */
export function deployedAnswers(): Answers {
  return {
    columns: COLUMNS,
    rows: DEPLOYED.map(({ name, designs }) => ({
      name,
      entries: COLUMNS.map((column) => {
        const design = designNamed(designs[column]);
        const { monotonic, realtime } = bothOf(onScene(design, column));
        return { design: design.name, monotonic, realtime, helps: helpsItself(design) };
      }),
    })),
  };
}

/** The design where the column stops it, on the clocksource of the column. */
function onScene(design: Design, column: Column): Design {
  const [stop, clocksource] = column.split(' ');
  return {
    ...design,
    scene: {
      ...design.scene,
      stop: stop === 'save' ? 'save' : 'pause',
      clocksource: clocksource === 'tsc' ? TSC : PLAIN_SCENE.clocksource,
    },
  };
}

/** Whether the guest runs code of the design's. */
function helpsItself({ guest, name }: Design): boolean {
  return name === 'cooperative-freeze' || guest?.handler !== undefined;
}
