import { serve } from '@ganglion/runtime';
import { SessionQueueModule } from './session-queue.module.js';

await serve('session-queue', SessionQueueModule);
