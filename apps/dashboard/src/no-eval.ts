import { z } from 'zod';

// Must run before any schema is made: the router's content security policy lets nobody compile code from text, and a
// browser reports each attempt as an error.
z.config({ jitless: true });
