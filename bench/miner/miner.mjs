/** A network with one miner under the traffic of the engine's benchmark: what `npm run bench:miner` starts. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Ganglion } from '../../libs/sdk/dist/index.js';
import { Network } from '../../libs/testkit/dist/index.js';
import { Traffic } from '../engine/dist/traffic.js';

const SEED = 1;
const SERVING_MS = 300_000;

const { values } = parseArgs({
  options: { model: { type: 'string' }, clients: { type: 'string' }, json: { type: 'string' } },
});
const clients = Number(values.clients);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

const figures = await measure();
for (const [name, value] of Object.entries(figures)) {
  process.stdout.write(`${name.padEnd(20)} ${value.toFixed(2).padStart(8)}\n`);
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, undefined, 1)}\n`);

async function measure() {
  const options = { miners: 0, replicas: 1, logLevel: 'warn', signal: stop.signal };
  const network = await Network.start(options);
  try {
    const name = await network.addMiner({ model: values.model, slots: clients });
    await network.untilServing(1, SERVING_MS);
    const chat = await chatOf(network);
    await chat([{ text: 'warm-up', tokens: 4 }]);
    await loopDelay(network.metricsUrls[name]); // begins anew when it was read
    const tokensPerSecond = await new Traffic(clients, SEED, chat).joining();
    return { tokens_per_s: tokensPerSecond, ...(await loopDelay(network.metricsUrls[name])) };
  } finally {
    await network.stop();
  }
}

async function chatOf(network) {
  const ganglion = new Ganglion({ url: network.url, apiKey: network.apiKey });
  const [{ id: model }] = await ganglion.models();
  return async ([{ text, tokens }]) => {
    const parameters = {
      model,
      messages: [{ role: 'user', content: text }],
      max_tokens: tokens,
      temperature: 0,
    };
    const { usage } = await ganglion.chat(parameters, { signal: stop.signal });
    if (usage.completion_tokens !== tokens)
      throw new Error(`${usage.completion_tokens} tokens were made of ${tokens}`);
  };
}

/** Milliseconds from one timer of 10 ms to the next, since it was read last. */
async function loopDelay(url) {
  const text = await (await fetch(url)).text();
  const read = (figure) =>
    Number(new RegExp(`^nodejs_eventloop_lag_${figure}_seconds(?:{.*})? (.+)$`, 'm').exec(text)[1]);
  return Object.fromEntries(
    ['p50', 'p99', 'max'].map((figure) => [`loop_delay_${figure}_ms`, read(figure) * 1_000]),
  );
}
