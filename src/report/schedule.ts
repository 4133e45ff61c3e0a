import { match } from 'ts-pattern';
import type { Command } from '../contract/schedule.js';
import { actorWords, viaWords } from './actor.js';
import { duration, seconds } from './numbers.js';
import { timexWords } from './timex.js';

/** One line a command, in the words of a kernel's log. */
export function scheduleLines(commands: readonly Command[]): readonly string[] {
  return commands.map(commandLine);
}

export function commandLine(command: Command): string {
  return match(command)
    .with({ kind: 'elapse' }, ({ ns }) => `elapse ${duration(ns)}`)
    .otherwise((act) => `${actorWords(act.actor)}: ${actWords(act)}${stopWords(act)}`);
}

type Act = Exclude<Command, { kind: 'elapse' }>;

function actWords(act: Act): string {
  return match(act)
    .with(
      { kind: 'read' },
      (c) => `read ${c.clock}${viaWords(c.via)}${c.inNamespace === true ? ' in namespace' : ''}`,
    )
    .with({ kind: 'cross-timestamp' }, (c) => {
      const history = c.history ? ', with the last snapshot as history' : '';
      return `cross timestamp of ${c.cyclesAgo} cycles ago${history}`;
    })
    .with({ kind: 'snapshot' }, () => 'ktime_get_snapshot')
    .with({ kind: 'settime' }, (c) => `clock_settime CLOCK_REALTIME ${c.sec} s ${c.nsec} ns`)
    .with({ kind: 'adjtimex' }, (c) => `adjtimex ${timexWords(c.timex)}`)
    .with({ kind: 'arm' }, (c) => {
      const when = c.relative ? `in ${duration(c.expiresNs)}` : `at ${seconds(c.expiresNs)}`;
      const slack = c.slackNs === 0n ? '' : `, slack ${duration(c.slackNs)}`;
      const every =
        c.intervalNs === undefined || c.intervalNs === 0n
          ? ''
          : `, every ${duration(c.intervalNs)}`;
      const how = `${every}${c.wakes === true ? ', wakes from suspend' : ''}${c.cancelOnSet === true ? ', cancel on set' : ''}${c.inNamespace === true ? ', in namespace' : ''}${c.stopInCallback === true ? ', stopped in its callback' : ''}`;
      return `arm timer ${c.timer} on ${c.clock} ${when}${slack}${how}`;
    })
    .with({ kind: 'cancel' }, (c) => `cancel timer ${c.timer}`)
    .with({ kind: 'hold-interrupts' }, (c) => `holds interrupts for ${duration(c.ns)}, ${c.cause}`)
    .with({ kind: 'host-adjtimex' }, (c) => `adjtimex ${timexWords(c.timex)}`)
    .with({ kind: 'vm-save' }, { kind: 'vm-restore' }, (c) => `${c.kind} snapshot ${c.snapshot}`)
    .with({ kind: 'touch-watchdog' }, { kind: 'check-watchdog' }, (c) => `${c.kind} ${c.watchdog}`)
    .with(
      { kind: 'daemon-poll' },
      { kind: 'take-timestamp' },
      { kind: 'use-timestamp' },
      (c) => `${c.kind} on vCPU ${c.on}`,
    )
    .with({ kind: 'host-suspend' }, (c) =>
      c.wakesAfterNs === undefined ? c.kind : `${c.kind}, wakes after ${duration(c.wakesAfterNs)}`,
    )
    .with({ kind: 'vm-migrate' }, (c) => `vm-migrate to host ${c.to}`)
    .with({ kind: 'continue' }, (c) =>
      c.steps === undefined ? 'continue' : `continue for ${steps(c.steps)}`,
    )
    .otherwise((c) => c.kind);
}

function stopWords(act: Act): string {
  const after = 'stopAfter' in act ? act.stopAfter : undefined;
  return after === undefined ? '' : `, stopped after ${steps(after)}`;
}

function steps(n: number): string {
  return n === 1 ? '1 step' : `${n} steps`;
}
