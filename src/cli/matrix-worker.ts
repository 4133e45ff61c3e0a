import { parentPort, workerData } from 'node:worker_threads';
import { serveRows } from './serve-rows.js';

// The entry of a thread that `matrix-workers.ts` starts; nothing else imports it.
await serveRows(workerData, (said) => parentPort?.postMessage(said));
