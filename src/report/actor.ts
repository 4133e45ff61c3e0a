import type { ReadPath } from '../contract/clock.js';
import type { Actor } from '../contract/schedule.js';

/** Who acts; the first VM, which most machines have alone, goes unnamed. */
export function actorWords(actor: Actor): string {
  if ('host' in actor) return `host ${actor.host}`;
  const vm = actor.vm === 0 ? '' : `vm ${actor.vm} `;
  return 'vcpu' in actor ? `${vm}vcpu ${actor.vcpu}` : `${vm}${actor.task}`;
}

/** How a read got there, where it was not the system call. */
export function viaWords(via: ReadPath): string {
  return via === 'syscall' ? '' : ` (${via})`;
}
