// A clock of 40 lines that loses a nanosecond. Find it: npx tickproof check ./clock.ts
import type { Schedule, SyncSubject } from 'tickproof';

const SHIFT = 8n;
const MULT = 853n; // 3.332 ns a cycle, in units of 2^-8 ns
const TICK_CYCLES = 1_200_000n; // 4 ms

export const subject: SyncSubject = {
  mode: 'sync',
  name: 'my-clock',
  run({ commands }: Schedule, emit) {
    let nowNs = 0n; // true time
    let cycleLast = 0n;
    let baseNs = 0n;
    const counter = (): bigint => (nowNs << SHIFT) / MULT;
    for (const command of commands) {
      if (command.kind === 'elapse') nowNs += command.ns;
      if (command.kind === 'tick') {
        const ticks = (counter() - cycleLast) / TICK_CYCLES;
        cycleLast += ticks * TICK_CYCLES;
        // Here: what is below one nanosecond is cut off and forgotten.
        baseNs += (ticks * TICK_CYCLES * MULT) >> SHIFT;
      }
      if (command.kind === 'read') {
        emit({
          kind: 'clock-read',
          actor: command.actor,
          incarnation: 0,
          earliestNs: nowNs,
          latestNs: nowNs,
          clock: 'CLOCK_MONOTONIC',
          via: command.via,
          ns: baseNs + (((counter() - cycleLast) * MULT) >> SHIFT),
          counter: null,
        });
      }
    }
  },
};
