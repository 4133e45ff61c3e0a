// What exploring costs: the seqcount of design/performance.md section 4, and all programs on all memories.
import { explore as exploreAll, PROGRAMS } from '../dist/app/explore.js';
import { explore } from '../dist/explore/exhaustive.js';
import { median } from './measure.mjs';

export function exploreCosts() {
  const seqcount = PROGRAMS.find(({ name }) => name === 'seqcount');
  const bounds = { readers: 2, writes: 1, migrations: 0, tries: 2 };
  const taken = [];
  let executions = 0;
  for (let round = -20; round < 15; round++) {
    const from = process.cpuUsage().user;
    ({ executions } = explore(seqcount, { memory: 'sc', bounds, limit: 1e6 }));
    if (round >= 0) taken.push((process.cpuUsage().user - from) / 1000);
  }
  const from = performance.now();
  const explored = exploreAll(PROGRAMS);
  const seconds = (performance.now() - from) / 1000;
  const all = explored.reduce((sum, program) => sum + program.executions, 0);
  console.log(`
  1 writer, 2 readers of a seqcount: ${executions} executions in ${median(taken).toFixed(1)} ms (targets 300, 10 ms)
  ${PROGRAMS.length} programs on 3 memories: ${all} executions in ${seconds.toFixed(1)} s, with shortest counterexamples (target 20 s)`);
}
