import { nearest, UsageError } from '../../contract/errors.js';
import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';
import type { HostStep } from './design.js';

/** The list that a step is typed in: what a guest is notified of depends on it. */
export type Side = 'pause' | 'resume' | 'save' | 'restore' | 'migrate';

/** What a step may be about beside itself. */
export interface Context {
  readonly side: Side;
  readonly vcpus: readonly VcpuId[];
  readonly snapshot: SnapshotId;
  readonly to: HostId;
}

type Make = (context: Context) => readonly HostStep[];

/** What each name does, given the VM and where it is typed. */
const STEPS: Readonly<Record<string, Make>> = {
  'get-clock': () => [{ kind: 'get-clock' }],
  'set-clock': () => [{ kind: 'set-clock', realtime: false }],
  'set-clock+realtime': () => [{ kind: 'set-clock', realtime: true }],
  'update-master-clock': () => [{ kind: 'update-master-clock' }],
  'kvmclock-ctrl': () => [{ kind: 'kvmclock-ctrl' }],
  'get-cntvct': () => [{ kind: 'get-cntvct' }],
  'set-cntvct': () => [{ kind: 'set-cntvct', realtime: false }],
  'set-cntvct+realtime': () => [{ kind: 'set-cntvct', realtime: true }],
  'save-memory': ({ snapshot }) => [{ kind: 'save-memory', snapshot }],
  'load-memory': ({ snapshot }) => [{ kind: 'load-memory', snapshot }],
  move: ({ to }) => [{ kind: 'move', to }],
  'write-page': () => [{ kind: 'write-page' }],
  'bump-marker': () => [{ kind: 'bump-marker' }],
  'bump-generation': () => [{ kind: 'bump-generation' }],
  'notify-guest': ({ side }) => [
    { kind: 'notify-guest', of: side === 'pause' || side === 'save' ? 'freeze' : 'thaw' },
  ],
  'await-ack': () => [{ kind: 'await-ack' }],
  'step-realtime': () => [{ kind: 'step-realtime' }],
};

/** The same for one vCPU, whose number follows; in the plural for all: `get-tsc 1`, `get-tscs`. */
const STEPS_OF_ONE: Readonly<Record<string, (vcpu: VcpuId) => HostStep>> = {
  'pause-vcpu': (vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'run' }),
  'pause-vcpu+counters': (vcpu) => ({ kind: 'pause-vcpu', vcpu, counters: 'stop' }),
  'run-vcpu': (vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'run' }),
  'run-vcpu+counters': (vcpu) => ({ kind: 'run-vcpu', vcpu, counters: 'start' }),
  'create-vcpu': (vcpu) => ({ kind: 'create-vcpu', vcpu }),
  'get-tsc': (vcpu) => ({ kind: 'get-tsc', vcpu }),
  'set-tsc': (vcpu) => ({ kind: 'set-tsc', vcpu }),
  'set-tsc-offset': (vcpu) => ({ kind: 'set-tsc-offset', vcpu }),
  'set-tsc-offset+forward': (vcpu) => ({ kind: 'set-tsc-offset', vcpu, forward: true }),
  'set-deadline': (vcpu) => ({ kind: 'set-deadline', vcpu }),
  'raise-irq': (vcpu) => ({ kind: 'raise-irq', vcpu }),
};

const STEPS_OF_ALL = new Map(
  Object.entries(STEPS_OF_ONE).map(([verb, step]) => [pluralOf(verb), step]),
);

/** `set-tsc-offset+forward` of all is `set-tsc-offsets+forward`. */
function pluralOf(verb: string): string {
  const [name = '', flag] = verb.split('+');
  return flag === undefined ? `${name}s` : `${name}s+${flag}`;
}

export const STEP_NAMES: readonly string[] = [
  ...Object.keys(STEPS),
  ...Object.keys(STEPS_OF_ONE).flatMap((verb) => [pluralOf(verb), `${verb} N`]),
];

/** @throws {UsageError} for a step that does not exist. */
export function stepsOf(name: string, context: Context): readonly HostStep[] {
  const all = STEPS[name];
  if (all !== undefined) return all(context);
  const each = STEPS_OF_ALL.get(name);
  if (each !== undefined) return context.vcpus.map(each);
  const [verb = '', number = ''] = name.split(/\s+/);
  const one = STEPS_OF_ONE[verb];
  if (one !== undefined && /^[0-9]+$/.test(number)) return [one(Number(number))];
  const near = nearest(name, STEP_NAMES);
  throw new UsageError(
    `no step is called ${JSON.stringify(name)}.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
      `  Accepted: ${STEP_NAMES.join(', ')}.`,
  );
}
