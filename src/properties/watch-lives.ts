import type { EventOf } from '../contract/event.js';
import { type Inheritable, Lives } from './before.js';

/**
 * The part of a monitor that laws about hosts share: one state per life of a VM, handed down with its
 * snapshots. Where a law is about clocks that a guest reads it is a Watch instead.
 */
export abstract class WatchLives<State extends Inheritable<State>> {
  protected readonly lives: Lives<State>;

  constructor(born: () => State) {
    this.lives = new Lives(born);
  }

  booted(event: EventOf<'booted'>): undefined {
    this.lives.booted(event);
  }

  'vm-saved'(event: EventOf<'vm-saved'>): undefined {
    this.lives.vmSaved(event);
  }

  'vm-restored'(event: EventOf<'vm-restored'>): undefined {
    this.lives.vmRestored(event);
  }
}
