import type { PairProperty, Property } from '../contract/property.js';
import { boottimeCountsStoppedTime } from './boottime-counts-stopped-time.js';
import { clockSetWakesItsWatchers } from './clock-set-wakes-its-watchers.js';
import { coarseLagsFine } from './coarse-lags-fine.js';
import { counterChangeIsInvisible } from './counter-change-is-invisible.js';
import { crossTimestampIsOneInstant } from './cross-timestamp-is-one-instant.js';
import { deadlineInterruptIsNeverLost } from './deadline-interrupt-is-never-lost.js';
import { earlyInterruptIsReprogrammed } from './early-interrupt-is-reprogrammed.js';
import { futureDataIsUsedOnTime } from './future-data-is-used-on-time.js';
import { HOST_LAWS } from './host-laws.js';
import { leapEdgeTimerWaits } from './leap-edge-timer-waits.js';
import { monotonicKeepsMoving } from './monotonic-keeps-moving.js';
import { monotonicNeverDecreases } from './monotonic-never-decreases.js';
import { monotonicSkipsStoppedTime } from './monotonic-skips-stopped-time.js';
import { monotonicTracksNtp } from './monotonic-tracks-ntp.js';
import { namespaceAddsAConstant } from './namespace-adds-a-constant.js';
import { noStaleReadAfterResume } from './no-stale-read-after-resume.js';
import { ntpIsTold } from './ntp-is-told.js';
import { pauseEqualsMigration } from './pause-equals-migration.js';
import { rateStaysWithinAdjtimex } from './rate-stays-within-adjtimex.js';
import { rawAndMonoShareOneBase } from './raw-and-mono-share-one-base.js';
import { rawIgnoresAdjtimex } from './raw-ignores-adjtimex.js';
import { rawTimerDriftsOnlyInIdle } from './raw-timer-drifts-only-in-idle.js';
import { rawToMonoErrorIsBounded } from './raw-to-mono-error-is-bounded.js';
import { readerFinishes } from './reader-finishes.js';
import { readerNeverSeesTornData } from './reader-never-sees-torn-data.js';
import { readerPairsCounterWithItsPage } from './reader-pairs-counter-with-its-page.js';
import { readerRespectsItsHorizon } from './reader-respects-its-horizon.js';
import { realtimeIsOneClockEverywhere } from './realtime-is-one-clock-everywhere.js';
import { realtimeIsRightAfterStop } from './realtime-is-right-after-stop.js';
import { realtimeIsRightAtFirstRead } from './realtime-is-right-at-first-read.js';
import { realtimeStepsOnlyWhenTold } from './realtime-steps-only-when-told.js';
import { snapshotAgreesWithLinux } from './snapshot-agrees-with-linux.js';
import { staleTimeIsNeverUsed } from './stale-time-is-never-used.js';
import { stopCausesNoTimerStorm } from './stop-causes-no-timer-storm.js';
import { stopIsToldWithItsLength } from './stop-is-told-with-its-length.js';
import { taiIgnoresLeapSeconds } from './tai-ignores-leap-seconds.js';
import { timerFiresOnce } from './timer-fires-once.js';
import { timerFiresWithinSlack } from './timer-fires-within-slack.js';
import { timerIsNeverLost } from './timer-is-never-lost.js';
import { timerNeverFiresEarly } from './timer-never-fires-early.js';
import { vdsoAgreesWithSyscall } from './vdso-agrees-with-syscall.js';
import { watchdogsStayQuiet } from './watchdogs-stay-quiet.js';

/** What a guest, and who relies on its clocks, is owed around a stop. */
export const STOP_LAWS: readonly Property[] = [
  staleTimeIsNeverUsed,
  noStaleReadAfterResume,
  realtimeIsRightAfterStop,
  realtimeIsRightAtFirstRead,
  ntpIsTold,
  stopIsToldWithItsLength,
  watchdogsStayQuiet,
];

/** Every law about one run, in the order of laws.md. */
export const LAWS: readonly Property[] = [
  monotonicNeverDecreases,
  monotonicKeepsMoving,
  monotonicSkipsStoppedTime,
  boottimeCountsStoppedTime,
  rawIgnoresAdjtimex,
  rawAndMonoShareOneBase,
  realtimeStepsOnlyWhenTold,
  clockSetWakesItsWatchers,
  taiIgnoresLeapSeconds,
  realtimeIsOneClockEverywhere,
  rateStaysWithinAdjtimex,
  monotonicTracksNtp,
  rawToMonoErrorIsBounded,
  coarseLagsFine,
  vdsoAgreesWithSyscall,
  namespaceAddsAConstant,
  ...STOP_LAWS,
  timerNeverFiresEarly,
  timerFiresOnce,
  timerIsNeverLost,
  timerFiresWithinSlack,
  earlyInterruptIsReprogrammed,
  rawTimerDriftsOnlyInIdle,
  deadlineInterruptIsNeverLost,
  leapEdgeTimerWaits,
  readerNeverSeesTornData,
  stopCausesNoTimerStorm,
  crossTimestampIsOneInstant,
  ...HOST_LAWS,
];

/** The laws about two runs. */
export const PAIR_LAWS: readonly PairProperty[] = [snapshotAgreesWithLinux, pauseEqualsMigration];

/**
 * The laws of lockless readers, which `explore` judges over all interleavings. Those that are not among
 * {@link LAWS} too need events that only stepped programs emit.
 */
export const READER_LAWS: readonly Property[] = [
  readerNeverSeesTornData,
  readerPairsCounterWithItsPage,
  readerRespectsItsHorizon,
  readerFinishes,
  futureDataIsUsedOnTime,
  counterChangeIsInvisible,
];
