// Asks a running network one question whose answer is known: node chat.mjs <url> <key> whole|streamed
import { setTimeout as delay } from 'node:timers/promises';

const [url, key, mode] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

/** The text of a streamed answer: an event stream that ends with [DONE]. In how many pieces it comes is up to the machine. */
async function streamedText(response) {
  const type = response.headers.get('content-type') ?? 'none';
  if (!type.startsWith('text/event-stream')) throw new Error(`the content type of a stream was ${type}`);
  const pieces = [];
  let done = false;
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines.filter((each) => each.startsWith('data:'))) {
      const data = line.slice('data:'.length).trim();
      if (data === '[DONE]') done = true;
      else pieces.push(JSON.parse(data).choices?.[0]?.delta?.content ?? '');
    }
  }
  if (!done) throw new Error(`the stream ended without [DONE] after ${JSON.stringify(pieces)}`);
  return pieces.join('');
}

async function checked(response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** Asks until it is answered with something else than 503: miners join and are tested while the services are up. */
async function patiently(path, init, until = Date.now() + 120_000) {
  for (;;) {
    const response = await fetch(`${url}${path}`, { headers, ...init });
    if (response.status !== 503 || Date.now() > until) return checked(response);
    console.log(`${path}: ${await response.text()}`);
    await delay(1_000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

/** The first model that a miner brought along. */
async function servedModel(until = Date.now() + 120_000) {
  for (;;) {
    const models = await (await patiently('/v1/models')).json();
    if (models.data.length > 0) return models.data[0].id;
    if (Date.now() > until) throw new Error(`no model is served: ${JSON.stringify(models)}`);
    await delay(1_000);
  }
}

const model = await servedModel();
const response = await patiently('/v1/chat/completions', {
  method: 'POST',
  body: JSON.stringify({
    model,
    messages: [{ role: 'user', content: 'What is the capital of Japan?' }],
    temperature: 0,
    max_tokens: 32,
    stream: mode === 'streamed',
  }),
});
const text =
  mode === 'streamed' ? await streamedText(response) : (await response.json()).choices[0].message.content;
console.log(`${model}: ${text}`);
if (!text.includes('Tokyo')) throw new Error(`expected Tokyo, got ${JSON.stringify(text)}`);
