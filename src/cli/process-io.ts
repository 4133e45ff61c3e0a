import type { Io } from './io.js';

/** The process as the program sees it. */
export function processIo(): Io {
  // A reader that has seen enough, such as `head`, closes the pipe: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    // A terminal that does not know its width says 0.
    columns: process.stdout.columns || process.stderr.columns || 80,
    env: process.env,
    cwd: process.cwd(),
    onInterrupt: (listener) => {
      // The first Ctrl-C asks for the best counterexample so far, the second does not wait for it.
      process.once('SIGINT', () => {
        process.once('SIGINT', () => process.exit(130));
        listener();
      });
    },
  };
}
