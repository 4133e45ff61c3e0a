import { afterEach, expect, test, vi } from 'vitest';
import { processIo } from '../../src/cli/process-io.js';

afterEach(() => vi.restoreAllMocks());

test('the process is a world: texts go where it says them', () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const io = processIo();
  io.stdout('a');
  io.stderr('b');
  expect(out).toHaveBeenCalledWith('a');
  expect(err).toHaveBeenCalledWith('b');
  expect(io.columns).toBeGreaterThan(0);
  expect(io.cwd).toBe(process.cwd());
});

test('the first Ctrl-C asks, the second ends', () => {
  const pressed: (() => void)[] = [];
  vi.spyOn(process, 'once').mockImplementation((_event: string | symbol, listener: () => void) => {
    pressed.push(listener);
    return process;
  });
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  let asked = 0;
  processIo().onInterrupt?.(() => asked++);
  pressed[0]?.();
  expect([asked, exit.mock.calls.length]).toEqual([1, 0]);
  pressed[1]?.();
  expect(exit).toHaveBeenCalledWith(130);
});

test('a pipe that was closed is no error, any other trouble is', () => {
  const listeners: ((error: Error) => void)[] = [];
  vi.spyOn(process.stdout, 'on').mockImplementation((_event, listener) => {
    listeners.push(listener as (error: Error) => void);
    return process.stdout;
  });
  processIo();
  const trouble = (code: string) => Object.assign(new Error(code), { code });
  expect(() => listeners[0]?.(trouble('EPIPE'))).not.toThrow();
  expect(() => listeners[0]?.(trouble('EIO'))).toThrow('EIO');
});
