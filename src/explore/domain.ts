import type { CounterDomain } from '../contract/event-reader.js';

const ADJUSTMENTS = 1000;

/** A domain without its vCPU, as the version of the counter's cell. */
export function domainNumber(host: number, adjusted: number): number {
  return host * ADJUSTMENTS + adjusted;
}

export function domainOf(version: number, vcpu: number): CounterDomain {
  return { host: Math.floor(version / ADJUSTMENTS), vcpu, adjusted: version % ADJUSTMENTS };
}
