/** Pulls one model, as any process of the machine may: `node dist/testing/pull-program.js <address> <cache> <reference>`. */
import { obtainModel } from '../hub/obtain-model.js';

const [address = '', cache = '', reference = ''] = process.argv.slice(2);
const notices: string[] = [];
const { model } = await obtainModel(reference, {
  bundled: cache,
  cache,
  hub: { address },
  onEvent: (event) => event.kind === 'notice' && notices.push(event.message),
});
process.stdout.write(JSON.stringify({ model, notices }));
