// Makes the corpus anew: what each design is said to break, and each fault at its minimum.
// Usage: node scripts/corpus.mjs, after a build. Read the difference before it is committed.
import { readdirSync, unlinkSync } from 'node:fs';
import { check, DESIGNS, FAULTS, LAWS } from '../dist/index.js';
import { writeCounterexample } from '../dist/node.js';

const directory = 'corpus';
const SEED = 1;

for (const name of readdirSync(directory)) {
  if (name.endsWith('.json')) unlinkSync(`${directory}/${name}`);
}
const searches = [
  ...DESIGNS.map(({ name, breaks }) => ({
    design: name,
    faults: [],
    laws: breaks.map(({ law }) => law),
  })),
  ...FAULTS.map(({ name, breaks }) => ({ faults: [name], laws: breaks.slice(0, 1) })),
];
for (const { laws: names, ...options } of searches) {
  if (names.length === 0) continue;
  const laws = LAWS.filter((law) => names.includes(law.name));
  const outcome = await check({ seed: SEED, runs: 2000, maxCommands: 100, laws, ...options });
  for (const counterexample of outcome.counterexamples) {
    console.log(await writeCounterexample(directory, counterexample));
  }
}
