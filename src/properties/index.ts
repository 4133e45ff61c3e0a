import type { Property } from '../contract/property.js';
import { monotonicNeverDecreases } from './monotonic-never-decreases.js';

/** Every law, in the order of laws.md. */
export const LAWS: readonly Property[] = [monotonicNeverDecreases];
