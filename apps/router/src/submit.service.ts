import {
  type ApiKeyFacts,
  type CompletionParameters,
  Fault,
  type InputOf,
  type ModelView,
  type OutputOf,
  session,
  sessionQueue,
  type SessionView,
  type TaskParameters,
} from '@ganglion/contracts';
import { Bus } from '@ganglion/messaging';
import { Clock, type Repeating } from '@ganglion/runtime';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidV7 } from 'uuid';
import { requireOwner } from './ownership.js';
import { inClientsWords } from './client-fields.js';
import { freezeRequest } from './frozen-request.js';
import { ModelsService } from './models.service.js';
import { randomDraw } from './random-draw.js';
import { ROUTER_CONFIG, type RouterConfig } from './router.config.js';
import { RunningTask } from './running-task.js';

/** A first task may have to wait until its model's session is made. */
const SUBMIT_TIMEOUT_MS = 15_000;

export interface Submission {
  readonly parameters: CompletionParameters | TaskParameters;
  /** Of the path; `parameters.ganglion.sessionId` otherwise. */
  readonly sessionId?: string;
  /** Show it as it comes; otherwise only its validated end. */
  readonly isStream?: boolean;
}

type SubmitInput = InputOf<typeof session.submit>;
type Accepted = OutputOf<typeof session.submit>;

/** The one way in for a task: REST and socket are adapters over `submit`. */
@Injectable()
export class SubmitService implements OnModuleInit, OnModuleDestroy {
  readonly #log = new Logger('Submit');
  readonly #running = new Set<RunningTask>();
  #watch: Repeating | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly models: ModelsService,
    @Inject(ROUTER_CONFIG) private readonly config: RouterConfig,
  ) {}

  onModuleInit(): void {
    this.#watch = this.clock.every(
      1_000,
      async () => void (await Promise.all([...this.#running].map((task) => task.watch()))),
      'silent tasks',
    );
  }

  /** The router ends; its tasks go on and can be read from another router. */
  onModuleDestroy(): void {
    this.#watch?.stop();
    for (const task of this.#running)
      task.abandon('router_closing', `this router is closing: read the task at /v1/tasks/${task.taskId}`);
  }

  /**
   * Listens for a task, submits it and follows it.
   * @throws Fault of whatever refuses it; then there is no task to follow.
   */
  submit(caller: ApiKeyFacts, submission: Submission): Promise<RunningTask> {
    return this.start(caller, submission).catch(inClientsWords(submission));
  }

  /** Submits a task that is read later. @throws Fault of whatever refuses it. */
  enqueue(caller: ApiKeyFacts, submission: Submission): Promise<Accepted> {
    const accepted = this.prepare(caller, submission).then((input) => this.hand(input));
    return accepted.catch(inClientsWords(submission));
  }

  private async start(caller: ApiKeyFacts, submission: Submission): Promise<RunningTask> {
    const input = await this.prepare(caller, submission);
    const task = this.follow(input, submission.isStream === true);
    try {
      const { sessionId, position } = await this.hand(input);
      task.sessionId = sessionId;
      task.position = position;
      return task;
    } catch (error) {
      task.abandon('not_accepted', 'the task was not accepted');
      throw error;
    }
  }

  private async prepare(caller: ApiKeyFacts, { parameters, sessionId }: Submission): Promise<SubmitInput> {
    const options = parameters.ganglion ?? {};
    const explicit = await this.findSession(caller, sessionId ?? options.sessionId ?? undefined);
    const model = await this.findModel(parameters.model, explicit);
    return {
      taskId: uuidV7(),
      keyId: caller.keyId,
      sessionId: explicit?.sessionId ?? null,
      redundancy: options.redundancy ?? null,
      verify: options.verify ?? 'after',
      request: freezeRequest(parameters, model, randomDraw),
      timeoutSeconds: this.config.TASK_TIMEOUT_SECONDS,
    };
  }

  /** A submission without an answer may have been accepted all the same: its task must not run for nobody. */
  private async hand(input: SubmitInput): Promise<Accepted> {
    try {
      return await this.bus.request(session.submit, input, { timeoutMs: SUBMIT_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof Fault) || error.code === 'UNAVAILABLE') {
        const reason = { code: 'not_accepted', message: 'the submission was not answered in time' };
        await this.bus.request(sessionQueue.cancel, { taskId: input.taskId, reason }).catch(() => undefined);
      }
      throw error;
    }
  }

  private follow({ taskId, request, verify }: SubmitInput, isStream: boolean): RunningTask {
    const task = new RunningTask(this.bus, this.clock, {
      taskId,
      choices: request.choices,
      silent: !isStream || verify === 'before',
      hasLogprobs: request.logprobs !== undefined,
      deadline: this.clock.ms() + this.config.TASK_TIMEOUT_SECONDS * 1_000,
      onEnd: (ended) => this.#running.delete(ended),
      onError: (error) =>
        this.#log.warn(`${taskId}: ${error instanceof Error ? error.stack : String(error)}`),
    });
    this.#running.add(task);
    return task;
  }

  private async findSession(caller: ApiKeyFacts, sessionId?: string): Promise<SessionView | undefined> {
    if (sessionId === undefined) return undefined;
    const view = await this.bus.request(session.get, { sessionId });
    return requireOwner(caller, view, { field: 'sessionId', what: `session ${sessionId}` });
  }

  private async findModel(name: string | undefined, explicit?: SessionView): Promise<ModelView> {
    const model = await this.models.find(name ?? explicit?.parameters.model ?? 'default');
    if (explicit && model.id !== explicit.parameters.model)
      throw new Fault(
        'INVALID',
        `the session ${explicit.sessionId} is for the model ${explicit.parameters.model}, not ${model.id}: leave model out, or open a session for it`,
        { field: 'model' },
      );
    return model;
  }
}
