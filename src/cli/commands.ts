import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { ConformFlags } from './conform.js';
import type { ExploreFlags } from './explore.js';
import type { FaultsFlags } from './faults.js';
import type { Session } from './io.js';
import type { JudgeFlags } from './judge.js';
import type { ListFlags } from './list.js';
import type { MatrixFlags } from './matrix.js';
import {
  allowance,
  collect,
  commaList,
  nanoseconds,
  secondsAbove0,
  seedNumber,
  strictLimits,
  wholeNumber,
} from './options.js';
import type { OrderFlags } from './order.js';
import type { PlayFlags } from './play.js';
import type { ReplayFlags } from './replay.js';
import type { CheckFlags } from './request.js';
import type { WorstFlags } from './worst.js';

/** A command: its options and words to the exit code. */
export type Run<Flags> = (
  session: Session,
  flags: Flags,
  words: readonly string[],
) => Promise<number>;

/** Makes an action of commander out of a command. */
export type Bind = <Flags extends object>(
  run: Run<Flags>,
) => (...given: readonly unknown[]) => Promise<void>;

/** The commands that draw schedules: each loads its module when it runs, and not before. */
export function addSearches(program: Command, bind: Bind): void {
  program
    .command('check [subject]')
    .description(
      'draw schedules, play them on the subject, judge every law, shrink what breaks; ' +
        'SUBJECT is "reference" or the path to a module',
    )
    .option('--design <name>', 'every machine follows this design')
    .option('--fault <name>', 'put a bug that shipped into the reference (repeatable)', collect)
    .option('--law <name>', 'judge this law only (repeatable)', collect)
    .option('--against <subject>', 'compare every read with those of "reference"')
    .option('--require <law>', 'exit 2 where this law stayed untested (repeatable)', collect)
    .option('--allow <law=reason>', 'a known violation that does not fail the run', allowance)
    .option(
      '--strict [limits]',
      'allow for none of these known limits: a list, or all',
      strictLimits,
    )
    .option('--runs <n>', 'schedules to draw', wholeNumber('--runs', 1), 1000)
    .option('--seed <n>', 'repeats a run exactly; printed always', seedNumber)
    .option(
      '--max-commands <n>',
      'longest schedule',
      wholeNumber('--max-commands', 1, 100_000),
      100,
    )
    .option('--time-limit <s>', 'stop after so many seconds', secondsAbove0('--time-limit'))
    .option('--jobs <n>', 'threads; the result is the same', wholeNumber('--jobs', 1, 256), 1)
    .option('--corpus <dir>', 'replay its counterexamples first, add new ones')
    .option('--report <dir>', 'write counterexamples as files')
    .action(bind<CheckFlags>(async (...call) => (await import('./check.js')).runCheck(...call)));
  program
    .command('faults')
    .description('every fault: the laws that catch it, runs to find it, size of its proof')
    .option('--fault <name>', 'this fault only (repeatable)', collect)
    .option('--runs <n>', 'schedules to draw at most, per fault', wholeNumber('--runs', 1), 1000)
    .option('--seed <n>', 'repeats a run exactly; printed always', seedNumber)
    .option(
      '--max-commands <n>',
      'longest schedule',
      wholeNumber('--max-commands', 1, 100_000),
      100,
    )
    .action(bind<FaultsFlags>(async (...call) => (await import('./faults.js')).runFaults(...call)));
}

/** The question that most users have: is my order of steps right? */
export function addOrder(program: Command, bind: Bind): void {
  program
    .command('order')
    .description(
      'is my order of steps right? Judges the steps of a stop as you type them, and the orders beside it',
    )
    .option('--pause <steps>', "for example 'get-clock pause-vcpus'")
    .option('--resume <steps>', "for example 'run-vcpus set-clock'")
    .option('--save <steps>', "of a stopped VM, for example 'get-clock save-memory'")
    .option('--restore <steps>', "for example 'load-memory set-clock run-vcpus'")
    .option('--migrate <steps>', "of a stopped VM, for example 'move set-clock run-vcpus'")
    .option('--guest <words>', "what the guest does about it, for example 'freeze ack clear-ntp'")
    .option('--clocksource <name>', 'what the guest reads: kvm-clock, tsc or arm', 'kvm-clock')
    .option('--runs <n>', 'schedules to draw, for each order', wholeNumber('--runs', 1), 1000)
    .option('--seed <n>', 'repeats a run exactly; printed always', seedNumber)
    .option('--max-commands <n>', 'longest schedule', wholeNumber('--max-commands', 1, 100_000), 40)
    .action(bind<OrderFlags>(async (...call) => (await import('./order.js')).runOrder(...call)));
}

/** The command that draws nothing: it goes through all there is. */
export function addExploring(program: Command, bind: Bind): void {
  program
    .command('explore [programs...]')
    .description(
      'all interleavings of lockless readers and writers; PROGRAM is a name of `list programs`, ' +
        'or the path to a module',
    )
    .option('--memory <name>', 'sc, tso or weak only (repeatable)', collect)
    .option('--readers <n>', 'readers of each program', wholeNumber('--readers', 1, 8))
    .option('--writes <n>', 'updates of each writer', wholeNumber('--writes', 1, 8))
    .option('--migrations <n>', 'moves to another host', wholeNumber('--migrations', 0, 8))
    .option('--tries <n>', 'rounds that a reader is given', wholeNumber('--tries', 1, 16))
    .option('--limit <n>', 'executions of one program on one memory', wholeNumber('--limit', 1))
    .option('--emit <form>', 'litmus: the programs as litmus tests for herd7')
    .action(
      bind<ExploreFlags>(async (...call) => (await import('./explore.js')).runExplore(...call)),
    );
}

/** The command that searches for what comes near to a bound. */
export function addWorst(program: Command, bind: Bind): void {
  program
    .command('worst <law>')
    .description('the schedule that comes nearest to the bound of a law: value, bound, ratio')
    .option('--design <name>', 'every machine follows this design')
    .option('--fault <name>', 'put a bug that shipped into the reference (repeatable)', collect)
    .option(
      '--strict [limits]',
      'allow for none of these known limits: a list, or all',
      strictLimits,
    )
    .option('--runs <n>', 'schedules to play', wholeNumber('--runs', 1), 2000)
    .option('--seed <n>', 'repeats a run exactly; printed always', seedNumber)
    .option(
      '--max-commands <n>',
      'longest schedule',
      wholeNumber('--max-commands', 1, 100_000),
      100,
    )
    .option('--time-limit <s>', 'stop after so many seconds', secondsAbove0('--time-limit'))
    .action(bind<WorstFlags>(async (...call) => (await import('./worst.js')).runWorst(...call)));
}

/** The commands that show tables. */
export function addTables(program: Command, bind: Bind): void {
  program
    .command('matrix')
    .description('every design against every law: kept, broken, not tested')
    .option('--design <name>', 'this design only (repeatable)', collect)
    .option('--law <name>', 'this law only (repeatable)', collect)
    .option('--need <law,law>', 'only designs that keep these, and what each pays', commaList)
    .option('--runs <n>', 'schedules to draw, per design', wholeNumber('--runs', 1), 600)
    .option('--seed <n>', 'repeats a run exactly; printed always', seedNumber)
    .option('--max-commands <n>', 'longest schedule', wholeNumber('--max-commands', 1, 100_000), 40)
    .option('--jobs <n>', 'threads', wholeNumber('--jobs', 1, 64), availableParallelism())
    .option('--markdown', 'as a Markdown table')
    .action(bind<MatrixFlags>(async (...call) => (await import('./matrix.js')).runMatrix(...call)));
  program
    .command('list [what]')
    .description('what there is: laws, designs, faults, programs, commands, events, clocks')
    .action(bind<ListFlags>(async (...call) => (await import('./list.js')).runList(...call)));
}

/** The commands that take files. */
export function addFiles(program: Command, bind: Bind): void {
  program
    .command('play <file>')
    .description('play a hand-written schedule or a counterexample, show timeline and verdicts')
    .option('--design <name>', 'follow this design instead of the one in the file')
    .option('--fault <name>', 'put a bug that shipped into the reference (repeatable)', collect)
    .option('--law <name>', 'judge this law only (repeatable)', collect)
    .option(
      '--strict [limits]',
      'allow for none of these known limits: a list, or all',
      strictLimits,
    )
    .action(bind<PlayFlags>(async (...call) => (await import('./play.js')).runPlay(...call)));
  program
    .command('replay <files...>')
    .usage('[options] FILE... [SUBJECT]')
    .description('play counterexamples again; exit 1 while one still fails')
    .option(
      '--strict [limits]',
      'allow for none of these known limits: a list, or all',
      strictLimits,
    )
    .action(bind<ReplayFlags>(async (...call) => (await import('./replay.js')).runReplay(...call)));
  program
    .command('judge <files...>')
    .description('judge recordings of real guests; .gz is read as it is, - is standard input')
    .option('--law <name>', 'judge this law only (repeatable)', collect)
    .option('--eps <ns>', 'instead of the stop errors that the file declares', nanoseconds('--eps'))
    .option(
      '--strict [limits]',
      'allow for none of these known limits: a list, or all',
      strictLimits,
    )
    .action(bind<JudgeFlags>(async (...call) => (await import('./judge.js')).runJudge(...call)));
  program
    .command('conform <files...>')
    .description('replay recordings of the kernel core, every output and every state field')
    .option('--kernel <version>', 'instead of the version that the name of the file says')
    .action(
      bind<ConformFlags>(async (...call) => (await import('./conform.js')).runConform(...call)),
    );
}
