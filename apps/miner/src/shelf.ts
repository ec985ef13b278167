import { InferenceError, type ObtainedModel, readModel } from '@ganglion/inference';
import { type LoadableModel, modelDigestOf } from '@ganglion/node';
import { fetchModel, type Log } from './fetch-model.js';
import type { MinerConfig } from './miner.config.js';

/** A model on this machine's disk; its digest is known where there is a choice of several. */
export interface ShelvedModel extends ObtainedModel {
  readonly digest?: string;
}

/** The models that this miner may run. */
export interface Shelf {
  /** The one it begins with. */
  readonly first: ShelvedModel;
  /** All, if there are others to switch to. */
  readonly loadable: readonly (ShelvedModel & LoadableModel)[];
}

/**
 * Gets every model that the miner may run onto this machine's disk, and reads what each is. Where there is but one, it is
 * not read here: opening it does that.
 * @throws InferenceError as obtainModel and readModel, naming the option
 */
export const fillShelf = async (config: MinerConfig, log: Log, signal: AbortSignal): Promise<Shelf> => {
  const first = await fetchModel(config, log, signal);
  if (config.also.length === 0) return { first, loadable: [] };
  const others: ObtainedModel[] = [];
  for (const wanted of config.also) {
    try {
      others.push(await fetchModel({ ...config, ...wanted }, log, signal));
    } catch (error) {
      if (!(error instanceof InferenceError) || error.code === 'CANCELLED') throw error;
      throw new InferenceError(error.code, `--also (ALSO) ${wanted.model}: ${error.message}`, error.field);
    }
  }
  const read = await Promise.all([first, ...others].map(withDigest));
  const loadable = [...new Map(read.map((model) => [model.digest, model])).values()];
  return { first: read[0]!, loadable };
};

const withDigest = async (obtained: ObtainedModel): Promise<ShelvedModel & LoadableModel> => {
  const model = await readModel(obtained.model, obtained.id, obtained.quantisation);
  return { ...obtained, digest: modelDigestOf({ model }) };
};
