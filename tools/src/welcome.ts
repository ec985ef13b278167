import { resolve } from 'node:path';

export interface RunningNetwork {
  url: string;
  apiKey: string;
  joinToken: string;
  dataDir: string;
  /** Undefined before a miner has brought one. */
  model: string | undefined;
  isBundledModel: boolean;
  miners: number;
}

type Paint = (code: number, text: string) => string;
const BOLD = 1;
const DIM = 2;
const GREEN = 32;

const inSingleQuotes = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A command line that streams an answer when it is pasted into a shell. */
export const curlLine = ({
  url,
  apiKey,
  model = 'tiny',
}: Pick<RunningNetwork, 'url' | 'apiKey' | 'model'>): string => {
  const body = {
    model,
    stream: true,
    messages: [{ role: 'user', content: 'What is the capital of Japan?' }],
  };
  return [
    `curl -N ${url}/v1/chat/completions`,
    `-H ${inSingleQuotes(`Authorization: Bearer ${apiKey}`)}`,
    `-H ${inSingleQuotes('Content-Type: application/json')}`,
    `-d ${inSingleQuotes(JSON.stringify(body))}`,
  ].join(' ');
};

/** A frame around lines; a line of the terminal is never broken, so what is to be pasted stays outside of it. */
const boxed = (lines: readonly string[], paint: Paint): string => {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = (left: string, right: string): string =>
    paint(GREEN, `${left}${'─'.repeat(width + 2)}${right}`);
  const side = paint(GREEN, '│');
  return [
    edge('╭', '╮'),
    ...lines.map((line) => `${side} ${line.padEnd(width)} ${side}`),
    edge('╰', '╯'),
  ].join('\n');
};

/** What a start ends with: where the network is, how to ask it, what it can do, and how to go on. */
export const welcome = (network: RunningNetwork, paint: Paint = (_code, text) => text): string => {
  const isDefaultData = network.dataDir === resolve('.ganglion');
  const data = isDefaultData ? '' : ` --data ${network.dataDir}`;
  const model = network.isBundledModel
    ? 'The bundled model is tiny (2.6M parameters): it knows capitals and a few facts, small sums, spelling and repeating; ' +
      'nothing else.\nA larger one: npm start -- --model <folder>, with e.g. SmolLM2-135M-Instruct in Hugging Face layout ' +
      '(config.json, tokenizer.json, onnx/model*.onnx).'
    : `The model is ${network.model ?? 'not there yet'}.`;
  return [
    '',
    boxed(
      [
        'Ganglion is running',
        '',
        `URL      ${network.url}`,
        `API key  ${network.apiKey}`,
        `Miners   ${network.miners}`,
      ],
      paint,
    ),
    '',
    `${paint(BOLD, 'See it:')} open ${network.url} in a browser, and sign in with the API key.`,
    '',
    paint(BOLD, 'Ask it:'),
    curlLine(network),
    '',
    model,
    '',
    paint(DIM, `Another miner:      npm run miner -- --url ${network.url} --token ${network.joinToken}`),
    paint(DIM, `The key again:      npm run ganglion -- credentials${data}`),
    paint(DIM, `Logs:               ${network.dataDir}/logs`),
    paint(DIM, 'Stop:               Ctrl-C'),
    '',
  ].join('\n');
};
