import type { Accepted, Act, Bounds, ConcurrentProgram } from '../programs/concurrent.js';

/** An act as a line of the program's text, in the kernel's words. */
export function textOf(act: Act): string {
  switch (act.kind) {
    case 'load':
      return act.order === 'acquire' ? `smp_load_acquire(${act.word})` : `load ${act.word}`;
    case 'store': {
      const value = act.value === undefined ? '' : ` := ${act.value}`;
      return act.order === 'release'
        ? `smp_store_release(${act.word})${value}`
        : `${act.word}${value}`;
    }
    case 'fence':
      return FENCES[act.fence];
    case 'counter':
      return 'read the counter';
    case 'relax':
      return 'try again';
    case 'accept':
      return acceptText(act);
    case 'elapse':
      return `time passes: counter + ${act.by}`;
    case 'migrate':
      return migrateText(act);
    case 'move':
      return `${act.thread} moves to vCPU ${act.vcpu}`;
    case 'getcpu':
      return 'getcpu()';
    case 'ask':
      return act.whom === 'kernel' ? 'system call' : 'hypercall';
    case 'adjust':
      return `TSC_ADJUST + ${act.by} on all vCPUs`;
    case 'hold':
      return 'stop_machine() begins';
    case 'let-go':
      return 'stop_machine() ends';
  }
}

const FENCES = { read: 'smp_rmb()', write: 'smp_wmb()', full: 'smp_mb()' } as const;

function acceptText({ words, counter }: Accepted): string {
  const used = [...words, ...(counter === true ? ['counter'] : [])];
  return `accepts ${used.join(', ')}`;
}

function migrateText({ to, counter, words }: Extract<Act, { kind: 'migrate' }>): string {
  const page = words.map(({ word, value = 0n }) => `${word} = ${value}`);
  return [`the VM goes on on host ${to}: counter = ${counter}`, ...page].join(', ');
}

/** What one thread does where no other does anything, in the words of its text. */
export interface Listing {
  readonly thread: string;
  readonly steps: readonly string[];
}

/** Rounds and steps after which a thread is cut: it waits for another. */
const LONGEST = 60;

/** The text of each thread, as it runs alone on the words at the start. */
export function listings(program: ConcurrentProgram, bounds: Bounds): readonly Listing[] {
  return program.threads(bounds).map((thread) => {
    const words = new Map(Object.entries(program.words));
    let counter = program.published.line?.cycleLast ?? 0n;
    const skew = program.skew?.[thread.vcpu ?? 0] ?? 0n;
    const steps: string[] = [];
    const body = thread.body();
    let given = 0n;
    while (steps.length < LONGEST) {
      const { done, value: act } = body.next(given);
      if (done === true) break;
      given = 0n;
      steps.push(textOf(act));
      if (act.kind === 'load') given = words.get(act.word) ?? 0n;
      else if (act.kind === 'store') words.set(act.word, act.value ?? 0n);
      else if (act.kind === 'counter' || act.kind === 'ask') given = counter + skew;
      else if (act.kind === 'elapse') counter += act.by;
      else if (act.kind === 'adjust') counter += act.by;
      else if (act.kind === 'getcpu') given = BigInt(thread.vcpu ?? 0);
      else if (act.kind === 'migrate') {
        for (const { word, value = 0n } of act.words) words.set(word, value);
        counter = act.counter;
      } else if (act.kind === 'relax') break;
    }
    return { thread: thread.name, steps };
  });
}
