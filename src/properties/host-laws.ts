import type { Property } from '../contract/property.js';
import { allCountersMoveTogether } from './all-counters-move-together.js';
import { architectedCounterKeepsCounting } from './architected-counter-keeps-counting.js';
import { clockRebaseIsContinuous } from './clock-rebase-is-continuous.js';
import { freezeComesBeforeStop } from './freeze-comes-before-stop.js';
import { injectionAddsUp } from './injection-adds-up.js';
import { kvmclockIsAFunctionOfTsc } from './kvmclock-is-a-function-of-tsc.js';
import { restoreComesBeforeRun } from './restore-comes-before-run.js';
import { tscIsScalePlusOffset } from './tsc-is-scale-plus-offset.js';

/** What hosts owe around a stop: to counters, to kvmclock, and to a guest that freezes. */
export const HOST_LAWS: readonly Property[] = [
  freezeComesBeforeStop,
  injectionAddsUp,
  tscIsScalePlusOffset,
  kvmclockIsAFunctionOfTsc,
  clockRebaseIsContinuous,
  restoreComesBeforeRun,
  allCountersMoveTogether,
  architectedCounterKeepsCounting,
];
