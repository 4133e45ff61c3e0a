import type { Event, EventOf } from '../contract/event.js';
import type { Finding } from '../contract/property.js';
import type { Edge } from './edges.js';
import { Edges } from './edges.js';
import { Life } from './life.js';
import { Settling } from './settling.js';
import { StoppedTime } from './stopped-time.js';
import { Watch } from './watch.js';
import type { Phase } from './window.js';

/** One life of a VM as a law about stops sees it: when it was stopped, and whether that has settled. */
export abstract class StopLife<Self extends StopLife<Self>> extends Life<Self> {
  stopped = new StoppedTime();
  settling = new Settling(this.premises.declared.settleWithinNs);
  edges = new Edges();

  /** A stop began: no vCPU runs any more, or the state that this life goes on with was taken here. */
  protected stopBegan(_at: Event): void {}

  /** The first vCPU runs again. */
  protected stopEnded(_at: Event): void {}

  /** What the life in `copy` goes on with; it counts as stopped since `saved`. */
  protected handDown(copy: StopLife<Self>, saved: EventOf<'vm-saved'>): void {
    copy.stopped = this.stopped.copy();
    copy.settling = this.settling.copy();
    copy.edges = this.edges.copy();
    if (!this.presence.isStopped) copy.stop(saved);
  }

  override edge(edge: Edge, from: Phase): Finding {
    const { phase, isStopped } = this.presence;
    this.edges.push(edge);
    if (edge.kind === 'vcpu-stopped' && isStopped) this.stop(edge);
    if (edge.kind === 'vcpu-started') {
      this.settling.started(edge);
      if (this.stopped.ended(edge) !== undefined) this.stopEnded(edge);
    }
    this.settling.phase(edge, from, phase);
    return undefined;
  }

  private stop(at: Event): void {
    this.stopBegan(at);
    this.settling.stopped(at);
    this.stopped.began(at);
  }

  stopHandled(_handled: EventOf<'stop-handled'>): Finding {
    this.settling.handled();
    return undefined;
  }
}

/** The part of a monitor that the laws on {@link StopLife} share. */
export abstract class StopWatch<L extends StopLife<L>> extends Watch<L> {
  'stop-handled'(handled: EventOf<'stop-handled'>): Finding {
    return this.follower.of(handled).stopHandled(handled);
  }

  'interrupts-held'(held: EventOf<'interrupts-held'>): undefined {
    this.follower.of(held).settling.held(held);
  }

  'interrupts-released'(released: EventOf<'interrupts-released'>): undefined {
    this.follower.of(released).settling.released(released);
  }
}
