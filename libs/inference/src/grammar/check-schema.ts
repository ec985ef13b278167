import { Automaton } from './automaton.js';
import { compileSchema } from './schema-compiler.js';

export { GrammarRefusal } from './grammar-refusal.js';

/**
 * Can an engine follow this JSON schema? In at most some tenths of a second, whatever the schema.
 * @param text the schema as JSON
 * @throws GrammarRefusal with the place in the schema and the remedy
 */
export function checkSchema(text: string): void {
  new Automaton(compileSchema(text));
}
