import { describe, expect, test } from 'vitest';
import { progressLine, watch } from '../../src/cli/progress.js';
import { recorder } from './recorder.js';

const PROGRESS = { runs: 250, of: 1000, commandsExecuted: 20_000, vacuous: ['timer-fires-once'] };

describe('progress', () => {
  test('says runs, speed, time left and what is untested', () => {
    expect(progressLine(PROGRESS, 2_000)).toBe(
      '250 of 1,000 runs   10,000 commands/s   6.0 s left   not tested yet: timer-fires-once',
    );
    expect(progressLine({ ...PROGRESS, runs: 0, commandsExecuted: 0, vacuous: [] }, 0)).toBe(
      '0 of 1,000 runs   0 commands/s',
    );
  });

  test('a terminal sees a line, now and then, which is cleared at the end', () => {
    const { io, stderr } = recorder({ stderrIsTerminal: true, columns: 40 });
    let nowMs = 0;
    const { watching, done } = watch(io, () => nowMs);
    watching.onProgress?.(PROGRESS);
    expect(stderr()).toBe('');
    nowMs = 200;
    watching.onProgress?.(PROGRESS);
    watching.onProgress?.(PROGRESS);
    expect(stderr()).toBe('\r250 of 1,000 runs   100,000 commands/s \u001b[K');
    done();
    expect(stderr().endsWith('\r\u001b[K')).toBe(true);
  });

  test('a pipe sees nothing', () => {
    const { io, stderr } = recorder();
    const { watching, done } = watch(io);
    expect(watching.onProgress).toBeUndefined();
    done();
    expect(stderr()).toBe('');
  });

  test('Ctrl-C is noticed', () => {
    let press: () => void = () => undefined;
    const { interrupted } = watch(
      recorder({
        onInterrupt: (listener) => {
          press = listener;
        },
      }).io,
    );
    expect(interrupted()).toBe(false);
    press();
    expect(interrupted()).toBe(true);
  });
});
