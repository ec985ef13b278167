import { serve } from '@ganglion/runtime';
import { OracleModule } from './oracle.module.js';

await serve('oracle', OracleModule);
