import type { Ns } from './units.js';

/**
 * When, in which life, and by whom.
 *
 * The true time of an event lies in the closed interval [earliestNs, latestNs]. A model knows the
 * instant, so both are equal; an operation that takes steps spans them all. A recorder without a
 * reference clock writes [0, FOREVER], the widest interval: unknown is not a special case.
 */
export interface Stamp<Kind extends string, Who> {
  readonly kind: Kind;
  readonly actor: Who;
  /** Which life of the VM: a boot and every restore begin a new one, so two clones are never ordered with each other. */
  readonly incarnation: number;
  readonly earliestNs: Ns;
  readonly latestNs: Ns;
}
