import { parentPort, workerData } from 'node:worker_threads';
import { serve } from './serve.js';

// The entry of a thread that `workers.ts` starts; nothing else imports it.
await serve(workerData, (said) => parentPort?.postMessage(said));
