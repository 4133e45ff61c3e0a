import { fileURLToPath } from 'node:url';
import { readText } from '../adapters/files.js';
import { openTrace } from '../adapters/trace.js';
import { lawsNamed, list } from '../app/catalogue.js';
import { Hearing } from '../app/judge.js';
import { completeSchedule } from '../app/machine.js';
import { matrix } from '../app/matrix.js';
import { play } from '../app/replay.js';
import type { JudgeOutcome, MatrixCell, MatrixOutcome } from '../contract/outcome.js';
import type { Verdict } from '../contract/property.js';
import { decodeSchedule } from '../contract/wire.js';
import { differs } from '../report/matrix.js';
import { page } from '../report/style.js';
import { type Answers, type Question, tourLines } from '../report/tour.js';
import type { Session } from './io.js';
import { watch } from './progress.js';

/** Fixed, so that everybody sees the same screen, and can repeat it. */
const SEED = 1824;
const RUNS = 1000;
const MAX_COMMANDS = 100;

const CORPUS = new URL('../../corpus/', import.meta.url);

const QUESTIONS: readonly [Question, ...Question[]] = [
  {
    text: 'Does CLOCK_MONOTONIC count the time a guest was stopped?',
    law: 'monotonic-skips-stopped-time',
    linux: 'no',
  },
  {
    text: 'Does CLOCK_BOOTTIME count it?',
    law: 'boottime-counts-stopped-time',
    linux: 'yes',
  },
];

/** The ways to stop a guest, and the schedule that does it. */
const STOPS = [
  { heading: 'pause, resume', file: 'schedules/pause-resume.json' },
  { heading: 'snapshot, restore', file: 'schedules/snapshot-restore.json' },
] as const;

const RECORDINGS = ['05-tcg-tsc-savevm-loadvm', '19-tcg-tsc-baseline'] as const;

/** What `npm start` shows: every known design against every promise, the shortest way to break one, real guests. */
export async function tour({ io, about, style }: Session): Promise<number> {
  const { watching, done } = watch(io);
  const designs = list('designs').map(({ name }) => name);
  const searched = await matrix({
    ...watching,
    seed: SEED,
    runs: RUNS,
    maxCommands: MAX_COMMANDS,
  }).finally(done);
  const shortest = shortestOf(searched);
  const answers: Answers[] = [];
  for (const question of QUESTIONS) answers.push(await ask(question, designs));
  const recordings: { name: string; outcome: JudgeOutcome }[] = [];
  for (const name of RECORDINGS) recordings.push({ name, outcome: await judged(name) });
  const view = {
    about,
    answers,
    playLine: `npx tickproof play corpus/${STOPS[0].file} --design ${designs[0] ?? ''}`,
    matrix: searched,
    shortest: shortest?.counterexample ?? null,
    searchLine: `npx tickproof check --design ${shortest?.design ?? ''} --seed ${SEED}`,
    recordings,
  };
  io.stdout(page(style, tourLines(view, style)));
  return searched.designs.some((design) => design.cells.some(differs)) ? 1 : 0;
}

/** Plays one schedule for each design and way to stop, and lets the law answer. */
export async function ask(question: Question, designs: readonly string[]): Promise<Answers> {
  const laws = lawsNamed([question.law]);
  const rows: { design: string; verdicts: readonly Verdict['kind'][] }[] = [];
  for (const design of designs) {
    const verdicts: Verdict['kind'][] = [];
    for (const { file } of STOPS) {
      const played = await play(await scheduleIn(file, design), { laws });
      verdicts.push(played.laws[0]?.verdict.kind ?? 'vacuous');
    }
    rows.push({ design, verdicts });
  }
  return { question, columns: STOPS.map(({ heading }) => heading), rows };
}

async function scheduleIn(file: string, design: string) {
  const wire: unknown = JSON.parse(await readText(fileURLToPath(new URL(file, CORPUS))));
  return decodeSchedule(completeSchedule(wire, design), { source: file });
}

async function judged(name: string): Promise<JudgeOutcome> {
  const path = fileURLToPath(new URL(`traces/${name}.jsonl.gz`, CORPUS));
  const { machine, events } = await openTrace(path);
  const hearing = new Hearing(machine, {});
  for await (const event of events) hearing.observe(event);
  return hearing.outcome(name);
}

/** The smallest proof against the law of the first question, else against any. */
function shortestOf({ designs }: MatrixOutcome): (MatrixCell & { design: string }) | undefined {
  const broken = designs.flatMap(({ name, cells }) =>
    cells.flatMap((cell) => (cell.counterexample === null ? [] : [{ ...cell, design: name }])),
  );
  const asked = broken.filter((cell) => cell.law === QUESTIONS[0].law);
  const size = (cell: MatrixCell) => cell.commands ?? Number.POSITIVE_INFINITY;
  return (asked.length > 0 ? asked : broken).sort((a, b) => size(a) - size(b))[0];
}
