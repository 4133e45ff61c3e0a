import { fileURLToPath } from 'node:url';
import { openTrace } from '../adapters/trace.js';
import { deployed } from '../app/deployed.js';
import { Hearing } from '../app/judge.js';
import { MATRIX_LAWS, matrix } from '../app/matrix.js';
import { oneEvil } from '../app/one-evil.js';
import { type OrderOptions, order, wordsOf } from '../app/order.js';
import type { JudgeOutcome } from '../contract/outcome.js';
import { differs } from '../report/matrix.js';
import { page } from '../report/style.js';
import { tourLines } from '../report/tour.js';
import type { Session } from './io.js';
import { shellWord } from './options.js';
import { watch } from './progress.js';

/** Fixed, so that everybody sees the same screen, and can repeat it. */
const SEED = 1824;
/** For each design of the tour: enough to break all that it states. */
const RUNS = 400;
const MAX_COMMANDS = 40;
const STEP_LISTS = 2_000;

/** What a reader knows by name; the whole catalogue is the matrix's. */
export const TOUR_DESIGNS: readonly string[] = [
  'qemu-stop-cont-kvmclock',
  'qemu-stop-cont-tsc',
  'cloud-hypervisor-2026',
  'firecracker-1.16-clock-realtime',
  'cloud-hypervisor-old-order',
  'cloud-hypervisor-2026-03',
  'kvm-documented-migration',
  'cooperative-freeze',
];

/** Cloud Hypervisor before March 2026, as its issue 7930 numbers the steps. */
const REPORTED = { pause: 'get-clock pause-vcpus', resume: 'run-vcpus set-clock' } as const;
const ORDER: OrderOptions = {
  order: { pause: wordsOf(REPORTED.pause), resume: wordsOf(REPORTED.resume) },
  clocksource: 'kvm-clock',
  seed: 2,
  runs: 1000,
  maxCommands: MAX_COMMANDS,
};

const TRACES = new URL('../../corpus/traces/', import.meta.url);
const RECORDINGS = ['05-tcg-tsc-savevm-loadvm', '19-tcg-tsc-baseline'] as const;

/** What `npm start` shows: what is deployed, the shortest way to break a promise, and real guests. */
export async function tour({ io, about, style }: Session): Promise<number> {
  const { watching, interrupted, done } = watch(io);
  const plain = { seed: SEED, runs: RUNS, maxCommands: MAX_COMMANDS };
  const searched = await matrix({
    ...watching,
    ...plain,
    designs: TOUR_DESIGNS,
    laws: MATRIX_LAWS,
    // What the screen counts are verdicts.
    shrinks: 0,
  }).finally(done);
  const reported = await order({ ...ORDER, interrupted });
  const recordings: { name: string; outcome: JudgeOutcome }[] = [];
  for (const name of RECORDINGS) recordings.push({ name, outcome: await judged(name) });
  const { pause, resume } = REPORTED;
  const view = {
    about,
    deployed: deployed(),
    oneEvil: oneEvil({ seed: SEED, lists: STEP_LISTS, interrupted }),
    matrix: searched,
    order: reported,
    orderLabel: 'Cloud Hypervisor before March 2026 (#7930)',
    orderLine: `npx tickproof order --pause ${shellWord(pause)} --resume ${shellWord(resume)} --seed ${ORDER.seed}`,
    recordings,
  };
  io.stdout(page(style, tourLines(view, style)));
  if (interrupted()) return 2;
  return searched.designs.some((design) => design.cells.some(differs)) ? 1 : 0;
}

async function judged(name: string): Promise<JudgeOutcome> {
  const path = fileURLToPath(new URL(`${name}.jsonl.gz`, TRACES));
  const { machine, events } = await openTrace(path);
  const hearing = new Hearing(machine, {});
  for await (const event of events) hearing.observe(event);
  return hearing.outcome(name);
}
