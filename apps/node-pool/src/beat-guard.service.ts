import { Fault } from '@ganglion/contracts';
import { Clock, Metrics, type Repeating } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { BeatLimit } from './beat-limit.js';
import { convict, FLOODED } from './judgement.js';
import { NodeStore } from './node.store.js';
import { RevocationService } from './revocation.service.js';

/** So many requests too many are no accident. */
const QUARANTINE_AT = 200;
/** Quarantine does not stop them: only the broker can. */
const SHUT_OUT_AT = 20_000;
const FORGET_EVERY_MS = 60_000;

/** Stands before everything that miners ask: what is too much is dropped before it costs a look at the database. */
@Injectable()
export class BeatGuard implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('BeatGuard');
  readonly #limit = new BeatLimit();
  readonly #dropped;
  #forgetting: Repeating | undefined;

  constructor(
    private readonly nodes: NodeStore,
    private readonly revocations: RevocationService,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    this.#dropped = metrics.counter(
      'ganglion_node_pool_dropped_total',
      'Requests of miners that were dropped because they were too many',
    );
  }

  onApplicationBootstrap(): void {
    const forget = (): void => this.#limit.forgetQuiet(this.clock.ms());
    this.#forgetting = this.clock.every(FORGET_EVERY_MS, forget, 'forgetting quiet nodes');
  }

  beforeApplicationShutdown(): void {
    this.#forgetting?.stop();
  }

  /** @throws Fault `LIMITED` when the node speaks far too often; otherwise what `work` throws */
  async pass<T>(nodeId: string, work: () => Promise<T>): Promise<T> {
    const excess = this.#limit.count(nodeId, this.clock.ms());
    if (excess === 0) return work();
    this.#dropped.inc();
    if (excess === QUARANTINE_AT || excess === SHUT_OUT_AT) {
      await this.punish(nodeId, excess).catch((error: unknown) =>
        this.#log.error(`${nodeId} floods, and could not be put away: ${String(error)}`),
      );
    }
    throw new Fault('LIMITED', 'this node asks far too often; one heartbeat every two seconds is enough');
  }

  private async punish(nodeId: string, excess: number): Promise<void> {
    const message = `it asks far too often: ${excess} requests too many`;
    if (excess >= SHUT_OUT_AT) await this.revocations.revoke(nodeId, { code: FLOODED, message });
    else
      await this.nodes.change(nodeId, (node, now) =>
        convict(node, { code: 'heartbeat_flood', message }, now),
      );
  }
}
