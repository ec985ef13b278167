/** The engine's own process: ONNX Runtime can end it, and takes nothing else with it. */
import { Formats } from '../grammar/formats.js';
import { InferenceError } from '../inference-error.js';
import { openDecoder } from '../runtime/open-decoder.js';
import { Completion, type CompletionContext } from '../schedule/completion.js';
import { Scheduler } from '../schedule/scheduler.js';
import { Scoring } from '../schedule/scoring.js';
import { PromptEncoder } from '../text/prompt-encoder.js';
import type { Command, EngineSettings, Problem, Report } from './protocol.js';

const report = (message: Report): void => void process.send!(message);

function problemOf(error: unknown): Problem {
  if (error instanceof InferenceError) {
    const { code, message, field } = error;
    return { code, message, ...(field === undefined ? {} : { field }) };
  }
  return { code: 'ENGINE_FAILED', message: error instanceof Error ? error.message : String(error) };
}

class Server {
  private constructor(
    private readonly context: CompletionContext,
    private readonly scheduler: Scheduler,
  ) {}

  static async load(settings: EngineSettings): Promise<Server> {
    const { model, ...options } = settings;
    const encoder = await PromptEncoder.load(model.path);
    const { decoder, room, ...readiness } = await openDecoder(model, options);
    const info = { ...model, contextLength: readiness.contextLength };
    const scheduler = new Scheduler(decoder, room, {
      token: (id, token) => report({ kind: 'token', id, token }),
      ended: (id) => report({ kind: 'ended', id }),
      scored: (id, score) => report({ kind: 'scored', id, score }),
      failed: (id, error) => report({ kind: 'failed', id, problem: problemOf(error) }),
    });
    report({ kind: 'ready', ...readiness });
    return new Server({ info, encoder, formats: new Formats(info, encoder) }, scheduler);
  }

  obey(command: Exclude<Command, { kind: 'load' }>): void {
    const { id } = command;
    try {
      if (command.kind === 'generate') {
        this.scheduler.add(id, new Completion(this.context, command.request));
      }
      if (command.kind === 'score') this.scheduler.add(id, new Scoring(this.context, command.request));
      if (command.kind === 'count') {
        report({ kind: 'counted', id, tokens: this.context.encoder.encode(command.prompt).length });
      }
      if (command.kind === 'cancel') this.scheduler.cancel(id);
    } catch (error) {
      report({ kind: 'failed', id, problem: problemOf(error) });
    }
  }
}

let server: Promise<Server> | undefined;

// At once, without the exit handlers of native code that may be in the middle of a run.
const leave = (): never => process.kill(process.pid, 'SIGKILL') as never;

process.on('disconnect', leave);
// Ctrl-C reaches everyone at the terminal; whether work is finished first is for the parent to say.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

process.on('message', (command: Command) => {
  if (command.kind === 'load') {
    server = Server.load(command.settings);
    server.catch((error: unknown) => report({ kind: 'refused', problem: problemOf(error) }));
  } else {
    server?.then((loaded) => loaded.obey(command)).catch(() => undefined);
  }
});
