import { Fault, type NodeView, type Reason } from '@ganglion/contracts';
import { Clock, type Repeating } from '@ganglion/runtime';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { retire } from './coming-and-going.js';
import { Credentials } from './credentials.js';
import { NodeStore } from './node.store.js';
import { SystemAccount } from './system-account.service.js';

/** A credential lives for an hour; then nothing is left to be refused. */
const REMEMBERED_MS = 2 * 3_600_000;
/** A credential that was being minted at that moment is void too. */
const MARGIN_S = 60;
const RETRY_EVERY_MS = 5_000;

/** Shuts nodes out: RETIRED is final, and the broker cuts the connection and refuses the key from then on. */
@Injectable()
export class RevocationService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #log = new Logger('Revocation');
  /** At the start, too: a replica may have crashed between the row and the broker. */
  #isDue = true;
  #retrying: Repeating | undefined;

  constructor(
    private readonly nodes: NodeStore,
    private readonly credentials: Credentials,
    private readonly system: SystemAccount,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const retry = async (): Promise<void> => {
      if (this.#isDue) await this.publish();
    };
    this.#retrying = this.clock.every(RETRY_EVERY_MS, retry, 'revocations');
  }

  beforeApplicationShutdown(): void {
    this.#retrying?.stop();
  }

  /** Retires a node and has the broker refuse its key. Throws `NOT_FOUND`. Repeating it does no harm. */
  async revoke(nodeId: string, reason: Reason): Promise<NodeView> {
    const node = await this.nodes.change(nodeId, (facts) => retire(facts, reason));
    if (!node) throw new Fault('NOT_FOUND', `nodeId: ${nodeId} is not known`);
    this.#isDue = true;
    await this.publish().catch((error: unknown) =>
      this.#log.error(`the broker was not told to refuse ${nodeId}, trying again: ${String(error)}`),
    );
    return node;
  }

  /**
   * Publishes the account's claims with all revocations, again if others came in meanwhile: claims built from an
   * older list may have overtaken newer ones, and whoever publishes last must have read last.
   */
  private async publish(): Promise<void> {
    this.#isDue = false;
    try {
      let published = 0;
      for (let keys = await this.revoked(); keys.size > published; keys = await this.revoked()) {
        await this.system.updateClaims(await this.credentials.claimsWithout(keys));
        published = keys.size;
      }
    } catch (error) {
      this.#isDue = true;
      throw error;
    }
  }

  private async revoked(): Promise<Map<string, number>> {
    const retired = await this.nodes.retiredSince(new Date(this.clock.ms() - REMEMBERED_MS));
    return new Map([...retired].map(([nodeId, at]) => [nodeId, Math.ceil(at.getTime() / 1_000) + MARGIN_S]));
  }
}
