import { createHash } from 'node:crypto';
import { manifestDigest } from '@ganglion/commitment';
import {
  type Declaration,
  Fault,
  type InputOf,
  type ModelDeclaration,
  nodePool,
  type OutputOf,
} from '@ganglion/contracts';
import type { JoinToken } from '@ganglion/database/node-pool';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { rejoin } from './coming-and-going.js';
import { CredentialService } from './credential.service.js';
import { FoundingStore } from './founding.store.js';
import { checkJoinProof } from './join-proof.js';
import { type JoinDesk, JoinStore } from './join.store.js';
import { checkNonce, makeNonce } from './nonce.js';

type JoinInput = InputOf<typeof nodePool.join>;
type Admission = OutputOf<typeof nodePool.join>;

/** Lets nodes in. */
@Injectable()
export class JoinService {
  readonly #log = new Logger('Join');
  #secret: Promise<Uint8Array> | undefined;

  constructor(
    private readonly founding: FoundingStore,
    private readonly joins: JoinStore,
    private readonly credentials: CredentialService,
    private readonly clock: Clock,
  ) {}

  async nonce(): Promise<OutputOf<typeof nodePool.nonce>> {
    const { nonce, expiresAt } = makeNonce(await this.secret(), this.clock.ms());
    return { nonce, expiresAt: expiresAt.toISOString() };
  }

  /**
   * A nonce serves once, although joining again is harmless to a node itself: it takes the node out of service for a
   * test, and whoever overheard a join could do that again and again.
   */
  async join(input: JoinInput): Promise<Admission> {
    const { nodeId, declared } = input;
    checkNonce(await this.secret(), input.nonce, this.clock.ms());
    checkJoinProof(input);
    this.credentials.checkVersion(declared.version);
    checkManifest(declared.model);
    await this.joins.join(async (desk) => {
      if (!(await desk.useNonce(input.nonce))) {
        throw new Fault('STALE', 'nonce: was used before; ask for a new one and sign that');
      }
      const node = await desk.node(nodeId);
      const token = await this.readToken(desk, input.token);
      if (node) {
        const { model, loadFailed: problem } = declared;
        const change = rejoin(node, desk.now, { modelDigest: model.digest, problem });
        await this.admitModel(desk, declared.model, token);
        return desk.rejoin(node, change, declared);
      }
      return this.admitStranger(desk, input, token);
    });
    this.#log.log({ nodeId, model: declared.model.id, slots: declared.slots });
    return this.credentials.issue(nodeId);
  }

  private async admitStranger(
    desk: JoinDesk,
    { nodeId, declared }: { nodeId: string; declared: Declaration },
    token: JoinToken | Fault,
  ): Promise<unknown> {
    if (token instanceof Fault) throw token;
    await this.admitModel(desk, declared.model, token);
    if (!(await desk.takePlace(token.id))) {
      throw new Fault(
        'LIMITED',
        `token: ${token.maxNodes} nodes have joined with it already; ask for another one`,
      );
    }
    return desk.register(nodeId, declared, token.owner);
  }

  /** The token as it is, or why it is worth nothing: who is known and brings a known model needs none. */
  private async readToken(desk: JoinDesk, text: string | undefined): Promise<JoinToken | Fault> {
    if (text === undefined)
      return new Fault('UNAUTHENTICATED', 'token: a new node needs one; ask the operator');
    const token = await desk.token(createHash('sha256').update(text).digest('hex'));
    if (!token)
      return new Fault('UNAUTHENTICATED', 'token: not one of this network; check it for a typing error');
    if (token.expiresAt <= desk.now)
      return new Fault('EXPIRED', 'token: has expired; ask the operator for a new one');
    return token;
  }

  private async admitModel(desk: JoinDesk, model: ModelDeclaration, token: JoinToken | Fault): Promise<void> {
    if (await desk.hasModel(model.digest)) return;
    if (token instanceof Fault || !token.mayRegisterModels) {
      throw new Fault(
        'FORBIDDEN',
        `declared.model: ${model.id} (${model.digest.slice(0, 12)}…) is not registered here; join with a token that may register models, or serve a registered one`,
      );
    }
    if (model.challenges.length === 0) {
      throw new Fault(
        'INVALID',
        'declared.model.challenges: a new model needs at least one, or it could never be tested',
      );
    }
    await desk.registerModel(model);
  }

  /** One secret for all replicas, read when it is first needed; a failed reading is tried again. */
  private secret(): Promise<Uint8Array> {
    this.#secret ??= this.founding.nonceSecret().catch((error: unknown) => {
      this.#secret = undefined;
      throw error;
    });
    return this.#secret;
  }
}

const checkManifest = ({ digest, files }: ModelDeclaration): void => {
  let computed: string;
  try {
    computed = manifestDigest(files);
  } catch (error) {
    if (error instanceof RangeError) throw new Fault('INVALID', `declared.model.files: ${error.message}`);
    throw error;
  }
  if (computed !== digest) {
    throw new Fault(
      'INVALID',
      `declared.model.digest: the files listed have the digest ${computed}; declare that`,
    );
  }
};
