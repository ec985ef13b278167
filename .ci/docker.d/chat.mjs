// Asks a running network one question whose answer is known: node chat.mjs <url> <key> whole|streamed
const [url, key, mode] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };

/** The text of a streamed answer, which has to come in pieces and to end with [DONE]. */
async function streamedText(response) {
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
  if (pieces.filter(Boolean).length < 2) throw new Error(`not streamed: ${JSON.stringify(pieces)}`);
  return pieces.join('');
}

async function checked(response) {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response;
}

const models = await (await checked(await fetch(`${url}/v1/models`, { headers }))).json();
const model = models.data[0]?.id;
if (!model) throw new Error(`no model is served: ${JSON.stringify(models)}`);

const response = await checked(
  await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'What is the capital of Japan?' }],
      temperature: 0,
      max_tokens: 32,
      stream: mode === 'streamed',
    }),
  }),
);
const text =
  mode === 'streamed' ? await streamedText(response) : (await response.json()).choices[0].message.content;
console.log(`${model}: ${text}`);
if (!text.includes('Tokyo')) throw new Error(`expected Tokyo, got ${JSON.stringify(text)}`);
