import type { Event } from '../contract/event.js';
import type { Machine } from '../contract/machine.js';
import type { Property } from '../contract/property.js';
import { type Judged, type ProgramVerdict, verdictOf } from '../explore/verdict.js';
import type { Bounds, ConcurrentProgram, MemoryName } from '../programs/concurrent.js';
import { READER_LAWS } from '../properties/index.js';
import { Judge } from '../runner/judge.js';
import { defaultMachine } from './machine.js';
