import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonObject, type JsonObject } from '../model/json-file.js';
import { graphsAmong } from '../model/onnx-file.js';
import { countParameters } from '../model/parameters.js';
import { ModelCache } from './model-cache.js';
import { modelIdOf } from './model-reference.js';

/** A model that can be run here without a network. */
export interface ListedModel {
  /** What to write to get it. */
  reference: string;
  id: string;
  quantisation: string;
  directory: string;
  bytes: number;
  parameters?: number;
  contextLength?: number;
  /** Of a hub's. */
  commit?: string;
  pulledAt?: string;
}

/** The bundled models and those of the cache, one row per quantisation; contents are not looked at. */
export async function listModels({
  bundled,
  cache,
}: {
  bundled: string;
  cache: string;
}): Promise<ListedModel[]> {
  const models = await bundledModels(bundled);
  for (const each of await new ModelCache(cache).list()) {
    const { repository, commit, quantisation, directory, bytes, pulledAt } = each;
    const reference = `hf:${repository}:${quantisation}`;
    const facts = { reference, id: modelIdOf(repository), quantisation, directory, bytes, commit, pulledAt };
    models.push({ ...facts, ...(await shapeOf(directory)) });
  }
  return models;
}

async function bundledModels(folder: string): Promise<ListedModel[]> {
  const models: ListedModel[] = [];
  for (const id of (await readdir(folder).catch(() => [])).sort()) {
    const directory = join(folder, id);
    const names = await readdir(join(directory, 'onnx')).catch(() => []);
    for (const { path, quantisation, data } of graphsAmong(names.map((name) => `onnx/${name}`))) {
      const paths = [path, ...data, 'config.json', 'tokenizer.json', 'tokenizer_config.json'];
      let bytes = 0;
      for (const each of paths) bytes += (await stat(join(directory, each)).catch(() => ({ size: 0 }))).size;
      const reference = `bundled:${id}`;
      models.push({ reference, id, quantisation, directory, bytes, ...(await shapeOf(directory)) });
    }
  }
  return models;
}

async function shapeOf(directory: string): Promise<{ parameters?: number; contextLength?: number }> {
  const config: JsonObject = await readJsonObject(directory, 'config.json').catch(() => ({}));
  const parameters = countParameters(config);
  const contextLength = Number(config['max_position_embeddings']);
  return {
    ...(parameters === undefined ? {} : { parameters }),
    ...(contextLength > 0 ? { contextLength } : {}),
  };
}
