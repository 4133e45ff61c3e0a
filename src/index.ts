export { type CheckOptions, check, type Progress, type SearchOptions } from './app/check.js';
export { conform } from './app/conform.js';
export { DEFAULT_BOUNDS, type ExploreOptions, explore, litmusOf } from './app/explore.js';
export { type JudgeOptions, judge } from './app/judge.js';
export { type FaultsOptions, faults, type MatrixOptions, matrix } from './app/matrix.js';
export * from './app/parts.js';
export {
  type Played,
  type PlayOptions,
  play,
  type Replayed,
  replay,
} from './app/replay.js';
export { type WorstOptions, worst } from './app/worst.js';
export * from './contract/catalogue.js';
export * from './contract/clock.js';
export * from './contract/counterexample.js';
export * from './contract/errors.js';
export * from './contract/event.js';
export * from './contract/machine.js';
export * from './contract/outcome.js';
export * from './contract/property.js';
export * from './contract/schedule.js';
export * from './contract/subject.js';
export * from './contract/units.js';
