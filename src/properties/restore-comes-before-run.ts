import type { EventOf } from '../contract/event.js';
import type { VcpuId } from '../contract/machine.js';
import type { Finding, Property, Violation } from '../contract/property.js';
import { WatchLives } from './watch-lives.js';

type Taken = EventOf<'host-step-taken'>;
type Started = EventOf<'vcpu-started'>;

/** What samples state of the whole VM, and of one vCPU; and what writes which of them. */
const SAMPLES: ReadonlySet<string> = new Set(['get-clock', 'get-cntvct', 'get-tsc']);
const WRITES: ReadonlyMap<string, string | null> = new Map([
  ['set-clock', 'get-clock'],
  ['set-clock+realtime', 'get-clock'],
  ['set-cntvct', 'get-cntvct'],
  ['set-cntvct+realtime', 'get-cntvct'],
  ['set-tsc', 'get-tsc'],
  ['set-tsc-offset', 'get-tsc'],
  ['write-page', null],
  ['set-deadline', null],
]);

/**
 * State of the whole VM (its clock, the virtual counter, a page) is sampled after the last vCPU stopped
 * and written before the first one starts. State of one vCPU (its TSC, its deadline) is sampled after
 * that vCPU stopped and written before it starts. Its deadline is written after its TSC, which a
 * deadline is of; and an offset is not written over a TSC that was.
 *
 * What was sampled is part of a snapshot. A step is around a stop until that is handled; before a stop
 * it is nothing to this law.
 */
export const restoreComesBeforeRun: Property = {
  name: 'restore-comes-before-run',
  statement:
    'What a stop is to leave as it was is sampled once the vCPUs have stopped, and written before they go on.',
  source: {
    title: 'Cloud Hypervisor 7930: a guest hangs as its clock is set after its vCPUs run',
    url: 'https://github.com/cloud-hypervisor/cloud-hypervisor/issues/7930',
  },
  monitor: () => new Restores(() => new StopOfLife()),
};

class Restores extends WatchLives<StopOfLife> {
  'host-step-taken'(taken: Taken): Finding {
    const [verb = '', number] = taken.step.split(' ');
    if (!SAMPLES.has(verb) && !WRITES.has(verb)) return undefined;
    const vcpu = number === undefined ? null : Number(number);
    const of = this.lives.of(taken);
    return SAMPLES.has(verb) ? of.sample(taken, verb, vcpu) : of.write(taken, verb, vcpu);
  }

  'vcpu-started'(started: Started): undefined {
    this.lives.of(started).start(started);
  }

  'vcpu-stopped'(stopped: EventOf<'vcpu-stopped'>): undefined {
    this.lives.of(stopped).stop(stopped.actor.vcpu);
  }

  'stop-handled'(handled: EventOf<'stop-handled'>): Finding {
    return this.lives.of(handled).handled();
  }
}

/** A sample, and who ran then or has since. */
interface Sample {
  readonly taken: Taken;
  ranAt: Started | undefined;
}

class StopOfLife {
  /** Who runs, by its last start. */
  private readonly running = new Map<VcpuId, Started>();
  /** Who was started since the stop began; undefined: no stop goes on. */
  private since: Map<VcpuId, Started> | undefined;
  private samples = new Map<string, Sample>();
  /** What was written in this stop, by its name. */
  private readonly written = new Map<string, Taken>();

  /** A restored life is stopped. */
  copy(): StopOfLife {
    const copy = new StopOfLife();
    copy.since = new Map();
    for (const [name, sample] of this.samples) copy.samples.set(name, { ...sample });
    return copy;
  }

  stop(vcpu: VcpuId): void {
    if (!this.running.delete(vcpu)) return;
    this.since ??= new Map();
    // Where the last stop was never handled, this one begins anew for what it stops.
    this.since.delete(vcpu);
    for (const name of this.written.keys()) if (isOf(name, vcpu)) this.written.delete(name);
  }

  start(started: Started): void {
    const { vcpu } = started.actor;
    this.running.set(vcpu, started);
    this.since?.set(vcpu, started);
    for (const [name, sample] of this.samples) {
      if (isOf(name, vcpu)) sample.ranAt ??= started;
    }
  }

  sample(taken: Taken, verb: string, vcpu: VcpuId | null): undefined {
    const name = keyOf(verb, vcpu);
    this.samples.set(name, { taken, ranAt: firstOf(this.running, vcpu) });
  }

  write(taken: Taken, verb: string, vcpu: VcpuId | null): Finding {
    if (this.since === undefined) return undefined;
    const late = firstOf(this.since, vcpu);
    if (late !== undefined) return tooLate(taken, late);
    const from = WRITES.get(verb) ?? null;
    const sample = from === null ? undefined : this.samples.get(keyOf(from, vcpu));
    if (sample?.ranAt !== undefined) return tooEarly(taken, sample.taken, sample.ranAt);
    const wrong = this.outOfOrder(taken, verb, vcpu);
    this.written.set(keyOf(verb, vcpu), taken);
    return wrong;
  }

  private outOfOrder(taken: Taken, verb: string, vcpu: VcpuId | null): Violation | undefined {
    const before = FOLLOWED_BY[verb];
    const already = before === undefined ? undefined : this.written.get(keyOf(before, vcpu));
    if (already === undefined) return undefined;
    return {
      expected: `${taken.step} before ${already.step}`,
      observed: 'after it',
      evidence: [already, taken],
    };
  }

  handled(): Finding {
    const wasTested = this.since !== undefined && this.written.size > 0;
    this.since = undefined;
    this.written.clear();
    return wasTested ? 'held' : undefined;
  }
}

/** What must not have been written before. */
const FOLLOWED_BY: Readonly<Record<string, string>> = {
  'set-tsc': 'set-deadline',
  'set-tsc-offset': 'set-tsc',
};

function keyOf(verb: string, vcpu: VcpuId | null): string {
  return vcpu === null ? verb : `${verb} ${vcpu}`;
}

/** Whether the sample of that name ends with that vCPU's start: it is of the VM, or of it. */
function isOf(name: string, vcpu: VcpuId): boolean {
  const number = name.split(' ')[1];
  return number === undefined || Number(number) === vcpu;
}

/** Of one vCPU, or of the VM: of whichever it has. */
function firstOf(started: ReadonlyMap<VcpuId, Started>, vcpu: VcpuId | null): Started | undefined {
  if (vcpu !== null) return started.get(vcpu);
  for (const each of started.values()) return each;
  return undefined;
}

function tooLate(taken: Taken, started: Started): Violation {
  return {
    expected: `${taken.step} before vCPU ${started.actor.vcpu} starts`,
    observed: 'after it',
    evidence: [started, taken],
  };
}

function tooEarly(taken: Taken, sampled: Taken, ran: Started): Violation {
  return {
    expected: `${taken.step} of what was sampled once vCPU ${ran.actor.vcpu} had stopped`,
    observed: `${sampled.step} while it ran, or before it ran again`,
    evidence: [sampled, ran, taken],
  };
}
