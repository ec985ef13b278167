import type { ModelView } from '@ganglion/contracts';
import { findModel, readModelAliases } from './model-aliases.js';

const model = (id: string, facts: Partial<ModelView> = {}): ModelView => ({
  id,
  digest: 'ab'.repeat(32),
  contextLength: 512,
  quantisation: 'fp32',
  parameters: null,
  defaults: { temperature: 1, topP: 1, topK: 0, maxTokens: 64 },
  registeredAt: '2026-01-01T00:00:00.000Z',
  nodes: 1,
  ...facts,
});

describe('readModelAliases', () => {
  it('reads pairs, with or without blanks', () => {
    expect([...readModelAliases('gpt-4o-mini=tiny, default = tiny,')]).toEqual([
      ['gpt-4o-mini', 'tiny'],
      ['default', 'tiny'],
    ]);
  });

  it.each(['tiny', '=tiny', 'a=', 'a=b=c'])('refuses "%s", naming it', (text) => {
    expect(() => readModelAliases(text)).toThrow(text);
  });
});

describe('findModel', () => {
  const aliases = readModelAliases('default=tiny,tiny=other');

  it('finds by alias, but a model of that name comes first', () => {
    const models = [model('tiny'), model('other')];
    expect(findModel(models, aliases, 'default').id).toBe('tiny');
    expect(findModel(models, aliases, 'tiny').id).toBe('tiny');
  });

  it('prefers the version that most nodes serve, then the newest', () => {
    const models = [
      model('tiny', { digest: '1', nodes: 1 }),
      model('tiny', { digest: '2', nodes: 2 }),
      model('tiny', { digest: '3', nodes: 2, registeredAt: '2026-02-01T00:00:00.000Z' }),
    ];
    expect(findModel(models, aliases, 'tiny').digest).toBe('3');
  });

  it('names the models there are when there is none of that name', () => {
    expect(() => findModel([model('tiny'), model('big')], aliases, 'gpt-5')).toThrow(/gpt-5.*big, tiny/);
    expect(() => findModel([], aliases, 'gpt-5')).toThrow(/none yet/);
  });
});
