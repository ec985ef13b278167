import { Fault, type ModelView } from '@ganglion/contracts';

export type ModelAliases = ReadonlyMap<string, string>;

/**
 * Reads `gpt-4o-mini=tiny,default=tiny`.
 * @throws Error naming the part that is not `alias=model`.
 */
export const readModelAliases = (text: string): ModelAliases =>
  new Map(
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => {
        const [alias, model, ...rest] = part.split('=').map((side) => side.trim());
        if (!alias || !model || rest.length > 0)
          throw new Error(`"${part}" is not a model alias: write alias=model, separated by commas`);
        return [alias, model] as const;
      }),
  );

/**
 * The model a client names, by id or alias; of several versions the one that most nodes serve, then the newest.
 * @throws Fault NOT_FOUND naming the models there are.
 */
export const findModel = (models: readonly ModelView[], aliases: ModelAliases, name: string): ModelView => {
  const id = models.some((model) => model.id === name) ? name : (aliases.get(name) ?? name);
  const [best] = models
    .filter((model) => model.id === id)
    .sort((a, b) => b.nodes - a.nodes || b.registeredAt.localeCompare(a.registeredAt));
  if (best) return best;
  const known = [...new Set(models.map((model) => model.id))].sort();
  throw new Fault(
    'NOT_FOUND',
    `the model "${name}" does not exist here. Available: ${known.length > 0 ? known.join(', ') : 'none yet (no miner has joined)'}`,
    { field: 'model', reason: 'model_not_found' },
  );
};
