import type { Counterexample } from '../contract/counterexample.js';
import type { CheckOutcome, LawResult } from '../contract/outcome.js';
import type { Found, Plan } from './plan.js';
import { shrink } from './shrink.js';

/**
 * Shrinks the shortest violation of each law that broke, and says it all.
 *
 * @param most so many of them, in the order of laws; the others are told to be broken, and no more.
 */
export async function conclude(
  plan: Plan,
  found: Found,
  beganMs: number,
  most = Number.POSITIVE_INFINITY,
): Promise<CheckOutcome> {
  const counterexamples: Counterexample[] = [];
  const laws: LawResult[] = [];
  for (const { name, witnesses, shortest } of found.laws) {
    const property = plan.properties.find((candidate) => candidate.name === name);
    if (shortest === null || property === undefined) {
      const verdict = witnesses === 0 ? 'vacuous' : 'holds';
      laws.push({ name, verdict, witnesses, counterexample: null });
      continue;
    }
    if (counterexamples.length === most) {
      laws.push({ name, verdict: 'violated', witnesses, counterexample: null });
      continue;
    }
    laws.push({ name, verdict: 'violated', witnesses, counterexample: counterexamples.length });
    counterexamples.push(await shrink(plan, property, shortest.run));
  }
  return {
    seed: plan.seed,
    runs: found.runs,
    commandsExecuted: found.commandsExecuted,
    elapsedMs: Date.now() - beganMs,
    subject: plan.subject.name,
    design: plan.design,
    faults: plan.faults,
    laws,
    counterexamples,
    cut: found.cut,
  };
}
