import { Readable } from 'node:stream';

/** Runs `task` while standard input holds `content`. */
export async function withStdin<T>(content: string | Buffer, task: () => Promise<T>): Promise<T> {
  const before = Object.getOwnPropertyDescriptor(process, 'stdin');
  const value = Readable.from(content.length === 0 ? [] : [Buffer.from(content)], {
    objectMode: false,
  });
  Object.defineProperty(process, 'stdin', { value, configurable: true });
  try {
    return await task();
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'stdin', before);
  }
}
