import { type Phase, reputation, type ScoreExplanation, type ScoreView } from '@ganglion/contracts';
import type { z } from 'zod';
import type { CallOptions, Http } from './http.js';
import { type PageOptions, pageQuery } from './sessions.js';

type History = z.infer<typeof reputation.history.output>;
type Series = z.infer<typeof reputation.series.output>;

/** What nodes have earned, and why. */
export class Reputation {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Scores of all nodes, by node id. */
  list(paging: PageOptions = {}, options: CallOptions = {}) {
    return this.#http.json(`/v1/reputation${pageQuery(paging)}`, reputation.list.output, options);
  }

  get(nodeId: string, options: CallOptions = {}): Promise<ScoreView> {
    return this.#http.json(pathOf(nodeId), reputation.get.output, options);
  }

  /** Every term of its score. */
  explain(nodeId: string, options: CallOptions = {}): Promise<ScoreExplanation> {
    return this.#http.json(`${pathOf(nodeId)}/explain`, reputation.explain.output, options);
  }

  /** Its changes of level, the newest first. */
  history(nodeId: string, paging: PageOptions = {}, options: CallOptions = {}): Promise<History> {
    const path = `${pathOf(nodeId)}/history${pageQuery(paging)}`;
    return this.#http.json(path, reputation.history.output, options);
  }

  /** Its trials over time, of one phase or of all, for plots. */
  series(nodeId: string, phase?: Phase, options: CallOptions = {}): Promise<Series> {
    const query = phase === undefined ? '' : `?phase=${phase}`;
    return this.#http.json(`${pathOf(nodeId)}/series${query}`, reputation.series.output, options);
  }
}

const pathOf = (nodeId: string): string => `/v1/reputation/${encodeURIComponent(nodeId)}`;
