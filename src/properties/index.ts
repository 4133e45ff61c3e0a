import type { Property } from '../contract/property.js';
import { boottimeCountsStoppedTime } from './boottime-counts-stopped-time.js';
import { monotonicKeepsMoving } from './monotonic-keeps-moving.js';
import { monotonicNeverDecreases } from './monotonic-never-decreases.js';
import { monotonicSkipsStoppedTime } from './monotonic-skips-stopped-time.js';
import { rawIgnoresAdjtimex } from './raw-ignores-adjtimex.js';
import { rawToMonoErrorIsBounded } from './raw-to-mono-error-is-bounded.js';
import { readerNeverSeesTornData } from './reader-never-sees-torn-data.js';
import { timerFiresOnce } from './timer-fires-once.js';
import { timerNeverFiresEarly } from './timer-never-fires-early.js';

/** Every law, in the order of laws.md. */
export const LAWS: readonly Property[] = [
  monotonicNeverDecreases,
  monotonicKeepsMoving,
  monotonicSkipsStoppedTime,
  boottimeCountsStoppedTime,
  rawIgnoresAdjtimex,
  rawToMonoErrorIsBounded,
  timerNeverFiresEarly,
  timerFiresOnce,
  readerNeverSeesTornData,
];
