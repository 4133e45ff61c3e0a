import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULE = (mode: string, run: string) => `
  const at = (ns) => ({ incarnation: 0, earliestNs: BigInt(ns), latestNs: BigInt(ns) });
  const vcpu = { vm: 0, vcpu: 0 };
  export const subject = {
    mode: '${mode}',
    name: 'backwards',
    async close() { globalThis.closed = (globalThis.closed ?? 0) + 1; },
    ${run}({ commands }, emit) {
      let ns = 1000n;
      emit({ kind: 'booted', actor: { vm: 0, task: 'vmm' }, ...at(0), host: 0 });
      emit({ kind: 'vcpu-started', actor: vcpu, ...at(0) });
      commands.forEach(({ kind }, position) => {
        if (kind !== 'read') return;
        const read = { clock: 'CLOCK_MONOTONIC', via: 'syscall', ns: ns--, counter: null };
        emit({ kind: 'clock-read', actor: vcpu, ...at(position + 1), ...read });
      });
    },
  };`;

/** A clock that goes backwards, as a module of one's own. */
export function backwards(folder: string, mode: 'sync' | 'async' = 'sync'): string {
  const path = join(folder, 'backwards.mjs');
  writeFileSync(path, MODULE(mode, mode === 'sync' ? 'run' : 'async run'));
  return path;
}
