import { coreCoarseBackwards } from './core-coarse-backwards.js';
import { coreCrosststampOpenInterval } from './core-crosststamp-open-interval.js';
import { coreIdleMultOverflow } from './core-idle-mult-overflow.js';
import { coreMonoBootUnify } from './core-mono-boot-unify.js';
import { coreNegativeDeltaU64 } from './core-negative-delta-u64.js';
import { coreRawSubnsLost } from './core-raw-subns-lost.js';
import { coreResumeDropsOffset } from './core-resume-drops-offset.js';
import type { Fault } from './fault.js';
import { ntpAdjtimexWrongBaseMask } from './ntp-adjtimex-wrong-base-mask.js';
import { ntpLeapHrtimerOffset } from './ntp-leap-hrtimer-offset.js';
import { ntpNohzOvercorrect } from './ntp-nohz-overcorrect.js';
import { ntpTaiOffsetSign } from './ntp-tai-offset-sign.js';
import { seqCounterReadHoisted } from './seq-counter-read-hoisted.js';
import { seqVdsoDeltaUnsignedCompare } from './seq-vdso-delta-unsigned-compare.js';
import { timerLeapEdgeEarly } from './timer-leap-edge-early.js';
import { timerOverrunWrap } from './timer-overrun-wrap.js';
import { timerRawViaMonoNohz } from './timer-raw-via-mono-nohz.js';
import { timerTimensAbsFutex } from './timer-timens-abs-futex.js';
import { virtPeriodicCatchupStorm } from './virt-periodic-catchup-storm.js';
import { virtTscdeadlineNtpEarlyLost } from './virt-tscdeadline-ntp-early-lost.js';
import { virtXgeneCval31bit } from './virt-xgene-cval-31bit.js';

/** In the order of the catalogue of bugs. */
export const FAULTS: readonly Fault[] = [
  coreResumeDropsOffset,
  coreNegativeDeltaU64,
  coreIdleMultOverflow,
  coreCoarseBackwards,
  coreRawSubnsLost,
  coreMonoBootUnify,
  coreCrosststampOpenInterval,
  ntpLeapHrtimerOffset,
  ntpTaiOffsetSign,
  ntpNohzOvercorrect,
  ntpAdjtimexWrongBaseMask,
  timerOverrunWrap,
  timerTimensAbsFutex,
  timerRawViaMonoNohz,
  timerLeapEdgeEarly,
  seqCounterReadHoisted,
  seqVdsoDeltaUnsignedCompare,
  virtPeriodicCatchupStorm,
  virtXgeneCval31bit,
  virtTscdeadlineNtpEarlyLost,
];
