import { nearest, UsageError } from '../../contract/errors.js';
import type { HostId, VcpuId } from '../../contract/machine.js';
import type { SnapshotId } from '../../contract/schedule.js';
import type { HostStep } from './host-step.js';

/** What the steps of a list are about: the VM's vCPUs, and where a save, a restore or a move goes. */
export interface StepsOf {
  readonly vcpus: readonly VcpuId[];
  readonly snapshot?: SnapshotId;
  readonly to?: HostId;
}

/** Steps of the VM as a whole. */
const WHOLE: Readonly<Record<string, (of: StepsOf) => HostStep>> = {
  'get-clock': () => ({ kind: 'get-clock' }),
  'set-clock': () => ({ kind: 'set-clock', realtime: false }),
  'set-clock+realtime': () => ({ kind: 'set-clock', realtime: true }),
  'update-master-clock': () => ({ kind: 'update-master-clock' }),
  'kvmclock-ctrl': () => ({ kind: 'kvmclock-ctrl' }),
  'get-cntvct': () => ({ kind: 'get-cntvct' }),
  'set-cntvct': () => ({ kind: 'set-cntvct', realtime: false }),
  'set-cntvct+realtime': () => ({ kind: 'set-cntvct', realtime: true }),
  'save-memory': ({ snapshot = 0 }) => ({ kind: 'save-memory', snapshot }),
  'load-memory': ({ snapshot = 0 }) => ({ kind: 'load-memory', snapshot }),
  move: ({ to = 0 }) => ({ kind: 'move', to }),
  'write-page': () => ({ kind: 'write-page' }),
  'bump-marker': () => ({ kind: 'bump-marker' }),
  'bump-generation': () => ({ kind: 'bump-generation' }),
  'notify-guest freeze': () => ({ kind: 'notify-guest', of: 'freeze' }),
  'notify-guest thaw': () => ({ kind: 'notify-guest', of: 'thaw' }),
  'notify-guest abort': () => ({ kind: 'notify-guest', of: 'abort' }),
  'await-ack': () => ({ kind: 'await-ack' }),
  'step-realtime': () => ({ kind: 'step-realtime' }),
};

/** Steps of one vCPU, by their verb: `get-tsc 1`; in the plural of all: `get-tscs`. */
const OF_ONE: Readonly<Record<string, (vcpu: VcpuId) => HostStep>> = {
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
  'raise-nmi': (vcpu) => ({ kind: 'raise-nmi', vcpu }),
};

/** `set-tsc-offset+forward` in the plural is `set-tsc-offsets+forward`. */
function pluralOf(verb: string): string {
  const [name = '', flag] = verb.split('+');
  return flag === undefined ? `${name}s` : `${name}s+${flag}`;
}

const PLURALS = new Map(Object.entries(OF_ONE).map(([verb, step]) => [pluralOf(verb), step]));

/** A vCPU in full: no name is a step of more, or of another VM. */
export const STEP_NAMES: readonly string[] = [
  ...Object.keys(WHOLE),
  ...Object.keys(OF_ONE).flatMap((verb) => [pluralOf(verb), `${verb} N`]),
];

/** The steps of a list: a number, or what a guest is notified of, belongs to the name before it. */
export function wordsOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+(?!(?:[0-9]+|freeze|thaw|abort)(?:\s|$))/)
    .filter((word) => word !== '')
    .map((word) => word.replace(/\s+/, ' '));
}

/** @throws {UsageError} for a step that does not exist. */
export function stepsOf(name: string, of: StepsOf): readonly HostStep[] {
  const whole = WHOLE[name];
  if (whole !== undefined) return [whole(of)];
  const all = PLURALS.get(name);
  if (all !== undefined) return of.vcpus.map(all);
  const [verb = '', number = ''] = name.split(' ');
  const one = OF_ONE[verb];
  if (one !== undefined && /^[0-9]+$/.test(number)) return [one(Number(number))];
  const near = nearest(name, STEP_NAMES);
  throw new UsageError(
    `no step is called ${JSON.stringify(name)}.\n` +
      `${near === undefined ? '' : `  Did you mean ${near}?\n`}` +
      `  Accepted: ${STEP_NAMES.join(', ')}.`,
  );
}
