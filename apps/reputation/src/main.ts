import { serve } from '@ganglion/runtime';
import { ReputationModule } from './reputation.module.js';

await serve('reputation', ReputationModule);
