import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openTrace } from '../adapters/trace.js';
import { lawsNamed } from '../app/catalogue.js';
import { check } from '../app/check.js';
import { DEPLOYED_DESIGNS, deployedAnswers } from '../app/deployed.js';
import { Hearing } from '../app/judge.js';
import { matrix } from '../app/matrix.js';
import { oneEvil } from '../app/one-evil.js';
import type { Counterexample } from '../contract/counterexample.js';
import type { JudgeOutcome } from '../contract/outcome.js';
import { differs } from '../report/matrix.js';
import { page } from '../report/style.js';
import { tourLines } from '../report/tour.js';
import type { Session } from './io.js';
import { watch } from './progress.js';

/** Fixed, so that everybody sees the same screen, and can repeat it. */
const SEED = 1824;
const SEARCH = { seed: SEED, runs: 600, maxCommands: 40 };
const LISTS = 20_000;

const CORPUS = new URL('../../corpus/', import.meta.url);

/** Cloud Hypervisor before March 2026. */
const STORY = { design: 'cloud-hypervisor-old-order', law: 'monotonic-never-decreases' };

const RECORDINGS = ['05-tcg-tsc-savevm-loadvm', '19-tcg-tsc-baseline'] as const;

/** What `npm start` shows: what is deployed against the promises, the shortest way to break one, a real guest. */
export async function tour({ io, about, style }: Session): Promise<number> {
  const { watching, done } = watch(io);
  const designs = DEPLOYED_DESIGNS;
  const searched = await matrix({ ...watching, ...SEARCH, designs }).finally(done);
  const { lists, exceptions } = oneEvil({ seed: SEED, lists: LISTS });
  const recordings: { name: string; outcome: JudgeOutcome }[] = [];
  for (const name of RECORDINGS) recordings.push({ name, outcome: await judged(name) });
  const view = {
    about,
    answers: deployedAnswers(),
    oneEvil: { lists, exceptions: exceptions.length },
    matrix: searched,
    shortest: await story(),
    replayLine: await replayLine(),
    recordings,
  };
  io.stdout(page(style, tourLines(view, style)));
  return searched.designs.some((design) => design.cells.some(differs)) ? 1 : 0;
}

async function story(): Promise<Counterexample | null> {
  const { design, law } = STORY;
  const outcome = await check({ ...SEARCH, design, laws: lawsNamed([law]) });
  return outcome.counterexamples[0] ?? null;
}

/** The same in the corpus. */
async function replayLine(): Promise<string | null> {
  const folder = `designs/${STORY.design}`;
  const files = await readdir(fileURLToPath(new URL(folder, CORPUS))).catch(() => []);
  const file = files.find((name) => name.startsWith(STORY.law));
  return file === undefined ? null : `npx tickproof replay corpus/${folder}/${file}`;
}

async function judged(name: string): Promise<JudgeOutcome> {
  const path = fileURLToPath(new URL(`traces/${name}.jsonl.gz`, CORPUS));
  const { machine, events } = await openTrace(path);
  const hearing = new Hearing(machine, {});
  for await (const event of events) hearing.observe(event);
  return hearing.outcome(name);
}
