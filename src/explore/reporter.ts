import type { Event } from '../contract/event.js';
import type { Accepted, ConcurrentProgram, Publication } from '../programs/concurrent.js';
import { ORIGIN } from '../programs/concurrent.js';
import type { Cell } from './memory.js';
import type { RunningThread } from './running-thread.js';

/** Says as events what readers and writers of one run did; the time of an event is its step, from 1. */
export class Reporter {
  readonly events: Event[] = [];
  /** The publication whose time ended with a store, until the next one is there. */
  private ended: { readonly version: number; readonly at: bigint } | undefined;

  private newest: Publication;

  constructor(
    private readonly program: ConcurrentProgram,
    private readonly steps: () => number,
  ) {
    this.newest = program.published;
  }

  /** Whether the time of one publication has ended and the next one is not there yet. */
  get isPublishing(): boolean {
    return this.ended !== undefined;
  }

  /** The newest publication's exact value, ns; 0 where it has no line. */
  exact(counter: bigint): bigint {
    const { line } = this.newest;
    return line === undefined ? 0n : line.base + (counter - line.cycleLast) * line.mult;
  }

  /** Others can see a store. */
  seen(thread: number, { replaces, releases }: Cell, { value }: Cell): void {
    if (replaces !== undefined) this.ended = { version: replaces, at: value };
    if (releases !== undefined) this.released(thread, releases, value);
  }

  released(thread: number, publication: Publication, counter: bigint): void {
    this.newest = publication;
    const { version, domain, line, maxDelta, changeAt, next, monotone } = publication;
    this.events.push({
      kind: 'data-published',
      ...this.stamp(thread),
      version,
      domain: domain ?? ORIGIN,
      releasedAt: counter,
      replaces: this.ended?.version ?? null,
      replacedAt: this.ended?.at ?? null,
      line: line ?? null,
      maxDelta: maxDelta ?? null,
      changeAt: changeAt ?? null,
      next: next ?? null,
      monotone: monotone ?? false,
    });
    this.ended = undefined;
  }

  accepted(at: number, thread: RunningThread, { words, counter, ns }: Accepted): void {
    const versions = words.map((word) => thread.versions.get(word) ?? 0);
    const { sample } = thread;
    const sampled = counter === true && sample !== undefined ? sample : {};
    const computed = ns === undefined ? {} : { ns };
    this.events.push({
      kind: 'reader-accepted',
      ...this.stamp(at),
      words,
      versions,
      ...sampled,
      ...computed,
    });
    const parts = words.map((word, index) => `${word} of ${versions[index]}`);
    if (counter === true && sample !== undefined) {
      parts.push(`counter ${sample.counter} of ${Object.values(sample.domain)}`);
    }
    if (ns !== undefined) parts.push(`${ns} ns`);
    thread.results.push(parts.join(', '));
  }

  waited(at: number, because: string): void {
    this.events.push({ kind: 'reader-waited', ...this.stamp(at), because });
  }

  /** When the publications came and went: what the laws judge reads by. */
  key(): string {
    const said = this.events.map((event) =>
      event.kind === 'data-published'
        ? `${event.version}:${event.replacedAt}-${event.releasedAt}`
        : event.kind === 'reader-waited'
          ? `w${event.actor.vcpu}`
          : '',
    );
    return `${said.join()}/${this.ended?.version ?? ''}@${this.ended?.at ?? ''}`;
  }

  private stamp(thread: number) {
    const at = BigInt(this.steps());
    return {
      actor: { vm: 0, vcpu: thread },
      incarnation: 0,
      earliestNs: at,
      latestNs: at,
      program: this.program.name,
    } as const;
  }
}
