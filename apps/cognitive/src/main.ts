import { serve } from '@ganglion/runtime';
import { CognitiveModule } from './cognitive.module.js';

await serve('cognitive', CognitiveModule);
