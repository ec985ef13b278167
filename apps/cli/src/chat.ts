import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { type ChatParameters, type ChatStream, type Ganglion, GanglionError } from '@ganglion/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCode } from './command-error.js';
import { connect, type GlobalOptions } from './connection.js';
import { readJsonSchema, type ResponseFormat } from './json-schema-file.js';
import { paint, print, type Terminal } from './terminal.js';

interface ChatOptions extends GlobalOptions {
  readonly model: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly session?: string;
  readonly redundancy?: number;
  readonly receipt?: string;
  readonly jsonSchema?: string;
}

type Messages = ChatParameters['messages'];

/** `ganglion chat [prompt]`: one streamed answer, or a conversation when there is no prompt and somebody types. */
export const addChat = (program: Command, terminal: Terminal): void => {
  program
    .command('chat')
    .description('ask a model; without a prompt, talk with it')
    .argument('[prompt]', 'the question; read from standard input when that is not a terminal')
    .option('-m, --model <id>', "the model; by default the network's first")
    .option('-s, --system <text>', 'a system message')
    .option('-t, --temperature <number>', '0 to 2', toNumber)
    .option('--max-tokens <number>', 'the longest answer', toNumber)
    .option('--seed <number>', 'for the same answer again', toNumber)
    .option('--session <id>', 'an explicit session')
    .option('--redundancy <number>', 'so many miners must agree, 1 to 5', toNumber)
    .option('--json-schema <file>', 'hold the answer to the JSON schema in this file')
    .option('--receipt <file>', "save the answer's receipt")
    .action(async (prompt: string | undefined, _options, command: Command) => {
      const given = command.optsWithGlobals<ChatOptions>();
      const ganglion = connect(given);
      const format = given.jsonSchema === undefined ? undefined : await readJsonSchema(given.jsonSchema);
      const options = { ...given, model: given.model ?? (await firstModel(ganglion)) };
      const chat = new Chat(ganglion, { ...options, format }, terminal);
      if (prompt !== undefined) return chat.ask(prompt);
      if (!terminal.in.isTTY) return chat.ask((await text(terminal.in)).trim());
      return chat.converse();
    });
};

const toNumber = (value: string): number => {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('Not a number.');
  return number;
};

const firstModel = async (ganglion: Ganglion): Promise<string> => {
  const [model] = (await ganglion.models()).sort((a, b) => b.nodes - a.nodes);
  if (!model)
    throw new CommandError('the network has no model yet: add a miner (npm run miner)', exitCode.no);
  return model.id;
};

class Chat {
  readonly #messages: Messages = [];

  constructor(
    private readonly ganglion: Ganglion,
    private readonly options: ChatOptions & { format: ResponseFormat },
    private readonly terminal: Terminal,
  ) {
    if (options.system) this.#messages.push({ role: 'system', content: options.system });
  }

  /** One question; Ctrl-C cancels its task. */
  async ask(prompt: string): Promise<void> {
    if (prompt === '')
      throw new CommandError('the prompt is empty: ganglion chat "your question"', exitCode.usage);
    const stop = new AbortController();
    const onInterrupt = (): void => stop.abort(new CommandError('cancelled', 130));
    process.once('SIGINT', onInterrupt);
    try {
      await this.answer(prompt, stop.signal);
    } finally {
      process.off('SIGINT', onInterrupt);
    }
  }

  /** A conversation: Ctrl-C cancels an answer, Ctrl-D (or Ctrl-C at the prompt) ends it. */
  async converse(): Promise<void> {
    const { terminal } = this;
    const lines = createInterface({ input: terminal.in, output: terminal.out });
    print(terminal, paint(terminal, 'dim', `${this.options.model} · Ctrl-C stops an answer, Ctrl-D ends`));
    let stop: AbortController | undefined;
    lines.on('SIGINT', () => (stop ? stop.abort(new CommandError('cancelled', 130)) : lines.close()));
    lines.setPrompt(paint(terminal, 'bold', '> '));
    lines.prompt();
    for await (const line of lines) {
      stop = new AbortController();
      if (line.trim() !== '') await this.answer(line.trim(), stop.signal).catch((error) => this.tell(error));
      stop = undefined;
      lines.prompt();
    }
    print(terminal, '');
  }

  private async answer(prompt: string, signal: AbortSignal): Promise<void> {
    const { model, temperature, maxTokens, seed, json, receipt, format } = this.options;
    const messages: Messages = [...this.#messages, { role: 'user', content: prompt }];
    const parameters: ChatParameters = {
      model,
      messages,
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      ...(seed === undefined ? {} : { seed }),
      ...(format ? { response_format: format } : {}),
      ganglion: this.ganglionParameters(),
    };
    const stream = await this.ganglion.stream(parameters, { signal });
    if (!json) await this.show(stream);
    else for await (const _ of stream);
    const answer = await stream.final;
    if (json) print(this.terminal, JSON.stringify(answer));
    else if (answer.verdict === 'undecided') this.warn();
    if (receipt)
      await writeFile(
        receipt,
        `${JSON.stringify(await this.ganglion.tasks.receipt(answer.taskId), null, 2)}\n`,
      );
    this.#messages.push({ role: 'user', content: prompt }, { role: 'assistant', content: answer.text });
  }

  private ganglionParameters(): NonNullable<ChatParameters['ganglion']> {
    const { session, redundancy } = this.options;
    return {
      ...(session === undefined ? {} : { sessionId: session }),
      ...(redundancy === undefined ? {} : { redundancy }),
    };
  }

  private warn(): void {
    const why = 'replicas of the answer differ, or none was there to confirm it';
    this.terminal.err.write(`undecided: ${why}; \`GET /v1/tasks/:id\` shows what each miner said\n`);
  }

  private async show(stream: ChatStream): Promise<void> {
    const { out } = this.terminal;
    try {
      for await (const { text: piece } of stream) out.write(piece);
    } finally {
      out.write('\n');
    }
  }

  /** In a conversation one failed answer is not the end. */
  private tell(error: unknown): void {
    if (!(error instanceof GanglionError || error instanceof CommandError)) throw error;
    this.terminal.err.write(`${error.message}\n`);
  }
}
