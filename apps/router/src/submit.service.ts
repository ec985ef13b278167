import {
  type ApiKeyFacts,
  type CompletionParameters,
  Fault,
  type ModelView,
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
  /** Follow it: `stream` as it comes, `answer` only its validated end, `no` not at all. */
  readonly follow: 'stream' | 'answer' | 'no';
}

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

  /** Tasks that are followed right now. */
  get active(): number {
    return this.#running.size;
  }

  /**
   * Freezes the request, listens for its task, and submits it.
   * @throws Fault of whatever refuses it; then there is no task to follow.
   */
  async submit(caller: ApiKeyFacts, { parameters, sessionId, follow }: Submission): Promise<RunningTask> {
    const options = parameters.ganglion ?? {};
    const explicit = await this.findSession(caller, sessionId ?? options.sessionId ?? undefined);
    const model = await this.findModel(parameters.model, explicit);
    const request = freezeRequest(parameters, model, randomDraw);
    const verify = options.verify ?? 'after';
    const task = this.follow(uuidV7(), request.choices, follow === 'stream' && verify === 'after');
    try {
      const accepted = await this.bus.request(
        session.submit,
        {
          taskId: task.taskId,
          keyId: caller.keyId,
          sessionId: explicit?.sessionId ?? null,
          redundancy: options.redundancy ?? null,
          verify,
          request,
          timeoutSeconds: this.config.TASK_TIMEOUT_SECONDS,
        },
        { timeoutMs: SUBMIT_TIMEOUT_MS },
      );
      task.sessionId = accepted.sessionId;
      task.position = accepted.position;
    } catch (error) {
      await this.withdraw(task, error);
      throw error;
    }
    if (follow === 'no') task.abandon('not_followed', 'nobody follows this task here');
    return task;
  }

  private follow(taskId: string, choices: number, isShown: boolean): RunningTask {
    const task = new RunningTask(this.bus, this.clock, {
      taskId,
      choices,
      silent: !isShown,
      deadline: this.clock.ms() + this.config.TASK_TIMEOUT_SECONDS * 1_000,
      onEnd: (ended) => this.#running.delete(ended),
      onError: (error) =>
        this.#log.warn(`${taskId}: ${error instanceof Error ? error.stack : String(error)}`),
    });
    this.#running.add(task);
    return task;
  }

  /** A submission without an answer may have been accepted all the same: its task must not run for nobody. */
  private async withdraw(task: RunningTask, error: unknown): Promise<void> {
    const isUncertain = !(error instanceof Fault) || error.code === 'UNAVAILABLE';
    task.abandon('not_accepted', 'the task was not accepted');
    if (!isUncertain) return;
    const reason = { code: 'not_accepted', message: 'the submission was not answered in time' };
    await this.bus.request(sessionQueue.cancel, { taskId: task.taskId, reason }).catch(() => undefined);
  }

  private async findSession(caller: ApiKeyFacts, sessionId?: string): Promise<SessionView | undefined> {
    if (sessionId === undefined) return undefined;
    const view = await this.bus.request(session.get, { sessionId });
    return requireOwner(caller, view, `the session ${sessionId}`);
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
