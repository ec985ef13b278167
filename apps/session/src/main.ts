import { serve } from '@ganglion/runtime';
import { SessionModule } from './session.module.js';

await serve('session', SessionModule);
