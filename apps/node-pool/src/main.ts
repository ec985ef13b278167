import { serve } from '@ganglion/runtime';
import { NodePoolModule } from './node-pool.module.js';

await serve('node-pool', NodePoolModule);
