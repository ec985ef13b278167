import {
  checkDraw,
  checkSeed,
  type EpochProblem,
  leftOut,
  precommitsOf,
  type Receipt,
} from '@ganglion/commitment';
import { cognitive, type DrawView, type EpochView } from '@ganglion/contracts';
import { GanglionError } from './ganglion-error.js';
import type { CallOptions, Http } from './http.js';
import { type PageOptions, pageQuery } from './sessions.js';

/** What a recomputation of an epoch's draws found. */
export interface EpochCheck {
  readonly epoch: EpochView;
  /** Precommits that were heard in the epoch. */
  readonly draws: number;
  readonly audited: number;
  /** Nothing, when exactly those were audited that the seed says. */
  readonly problems: readonly EpochProblem[];
}

const DRAWS_PER_PAGE = 200;

/** Audits of answers: which were drawn, by which seeds. */
export class Audits {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** The newest first. The seed is null until the epoch is closed. */
  epochs(paging: PageOptions = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/epochs${pageQuery(paging)}`, cognitive.epochs.output, options);
  }

  /** What was heard in a closed epoch, and what was drawn of it. Throws with `conflict` until it is closed. */
  draws(epoch: number, paging: PageOptions = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/epochs/${epoch}/draws${pageQuery(paging)}`, cognitive.draws.output, options);
  }

  /**
   * Recomputes every draw of a closed epoch from its revealed seed.
   * @param options.receipts of answers that were bound in this epoch: each must be among the draws
   */
  async verify(
    number: number,
    { receipts = [], ...options }: CallOptions & { receipts?: readonly Receipt[] } = {},
  ): Promise<EpochCheck> {
    const missed = new Map(receipts.flatMap(precommitsOf).map((bound) => [bound.precommit, bound]));
    let page = await this.draws(number, { limit: DRAWS_PER_PAGE }, options);
    const { epoch } = page;
    const { seed, seedHash, baseRate } = epoch;
    if (seed === null)
      throw new GanglionError(`epoch ${number} is not closed`, { status: 409, code: 'conflict' });
    const revealed = { seed, seedHash, baseRate };
    const problems = [checkSeed(revealed)].filter((problem) => problem !== null);
    let draws = 0;
    let audited = 0;
    for (;;) {
      for (const draw of page.items) {
        draws++;
        if (draw.audit) audited++;
        missed.delete(draw.precommit);
        problems.push(...checkDraw(revealed, published(draw)));
      }
      if (page.nextCursor === null)
        return { epoch, draws, audited, problems: [...problems, ...[...missed.values()].map(leftOut)] };
      page = await this.draws(number, { limit: DRAWS_PER_PAGE, cursor: page.nextCursor }, options);
    }
  }
}

const published = ({ audit, ...draw }: DrawView) => ({ ...draw, isAudited: audit !== null });
