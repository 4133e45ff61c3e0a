import { nearest, UsageError } from '../../contract/errors.js';
import type { VcpuId } from '../../contract/machine.js';
import type { Design, HostStep } from './design.js';

/** A user's own steps around a stop, by their public names. */
export interface Order {
  readonly pause: readonly string[];
  readonly resume: readonly string[];
}

/** What each name does, given the vCPUs of the VM and the number behind the name. */
const STEPS: Readonly<Record<string, (vcpus: readonly VcpuId[]) => readonly HostStep[]>> = {
  'get-clock': () => [{ kind: 'get-clock' }],
  'set-clock': () => [{ kind: 'set-clock', realtime: false }],
  'set-clock+realtime': () => [{ kind: 'set-clock', realtime: true }],
  'pause-vcpus': (vcpus) => vcpus.map(pauseVcpu),
  'run-vcpus': (vcpus) => vcpus.map(runVcpu),
};

/** The same for one vCPU. */
const STEPS_OF_ONE: Readonly<Record<string, (vcpu: VcpuId) => HostStep>> = {
  'pause-vcpu': pauseVcpu,
  'run-vcpu': runVcpu,
  'get-tsc': (vcpu) => ({ kind: 'get-tsc', vcpu }),
  'set-tsc': (vcpu) => ({ kind: 'set-tsc', vcpu }),
  'set-tsc-offset': (vcpu) => ({ kind: 'set-tsc-offset', vcpu }),
};

export const STEP_NAMES: readonly string[] = [
  ...Object.keys(STEPS),
  ...Object.keys(STEPS_OF_ONE).map((name) => `${name} N`),
];

function pauseVcpu(vcpu: VcpuId): HostStep {
  return { kind: 'pause-vcpu', vcpu, counters: 'run' };
}

function runVcpu(vcpu: VcpuId): HostStep {
  return { kind: 'run-vcpu', vcpu, counters: 'run' };
}

/** `order --pause 'A B' --resume 'C D'`: what a machine of a schedule is said to follow. */
export function nameOfOrder({ pause, resume }: Order): string {
  return `order --pause '${pause.join(' ')}' --resume '${resume.join(' ')}'`;
}

/** The other way round. @returns undefined: the name is none of an order. @throws as {@link orderOf} */
export function orderOfName(name: string): Design | undefined {
  const found = /^order --pause '([^']*)' --resume '([^']*)'$/.exec(name);
  if (found === null) return undefined;
  const [, pause = '', resume = ''] = found;
  return orderOf({ pause: wordsOf(pause), resume: wordsOf(resume) });
}

/** The steps of a list: a number belongs to the name before it. */
export function wordsOf(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s+(?![0-9]+(?:\s|$))/)
    .filter((word) => word !== '');
}

/**
 * The design of a user's own steps.
 *
 * @throws {UsageError} for a step that does not exist, for a stop that stops nothing, and a vCPU that is
 * not let go again.
 */
export function orderOf(order: Order): Design {
  for (const name of [...order.pause, ...order.resume]) stepsOf(name, []);
  if (!order.pause.some((name) => name.startsWith('pause-vcpu'))) {
    throw new UsageError("--pause stops no vCPU: it needs 'pause-vcpus'.");
  }
  if (!order.resume.some((name) => name.startsWith('run-vcpu'))) {
    throw new UsageError("--resume lets no vCPU go on: it needs 'run-vcpus'.");
  }
  return {
    name: nameOfOrder(order),
    statement: 'The steps that the user typed.',
    source: { title: 'the command line', url: 'https://docs.kernel.org/virt/kvm/api.html' },
    migrates: false,
    stopErrorNs: { monotonic: 1n, boottime: 1n },
    breaks: [],
    pause: (vcpus) => order.pause.flatMap((name) => stepsOf(name, vcpus)),
    resume: (vcpus) => order.resume.flatMap((name) => stepsOf(name, vcpus)),
  };
}

/** @throws {UsageError} for a step that does not exist. */
function stepsOf(name: string, vcpus: readonly VcpuId[]): readonly HostStep[] {
  const all = STEPS[name];
  if (all !== undefined) return all(vcpus);
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
