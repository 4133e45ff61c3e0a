import type { MemoryName } from '../programs/concurrent.js';
import type { Memory, MemoryOptions } from './memory.js';
import { SequentialMemory } from './memory-sc.js';
import { StoreBufferMemory } from './memory-tso.js';
import { WeakMemory } from './memory-weak.js';

export function memoryOf(name: MemoryName, options: MemoryOptions): Memory {
  if (name === 'sc') return new SequentialMemory(options);
  return name === 'tso' ? new StoreBufferMemory(options) : new WeakMemory(options);
}
