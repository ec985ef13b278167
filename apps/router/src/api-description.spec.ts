import 'reflect-metadata';
import { describeApi } from './api-description.service.js';
import { ChatController } from './chat.controller.js';
import { HealthController } from './health.controller.js';
import { NodesController } from './nodes.controller.js';
import { SessionsController } from './sessions.controller.js';

describe('the description of the routes', () => {
  const { paths } = describeApi([ChatController, HealthController, NodesController, SessionsController]);

  it('has every route by its path and method', () => {
    expect(Object.keys(paths).sort()).toEqual([
      '/healthz',
      '/metrics',
      '/readyz',
      '/v1/chat/completions',
      '/v1/nodes',
      '/v1/nodes/join',
      '/v1/nodes/nonce',
      '/v1/nodes/{id}',
      '/v1/nodes/{id}/actions',
      '/v1/sessions',
      '/v1/sessions/{id}',
      '/v1/sessions/{id}/statistics',
      '/v1/sessions/{id}/tasks',
    ]);
    expect(Object.keys(paths['/v1/sessions/{id}'] ?? {})).toEqual(['get', 'delete']);
  });

  it('shows the schema that a body is parsed by', () => {
    const body = paths['/v1/chat/completions']?.['post']?.requestBody?.content['application/json']?.schema;
    expect(body).toMatchObject({
      required: ['model', 'messages'],
      properties: { n: { anyOf: [{ type: 'integer', minimum: 1, maximum: 8 }, { type: 'null' }] } },
    });
  });

  it('shows what stands in the path and in the query', () => {
    const told = paths['/v1/nodes/{id}']?.['get']?.parameters;
    expect(told).toMatchObject([{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]);
    const names = paths['/v1/nodes']?.['get']?.parameters.map(({ name }) => name);
    expect(names).toEqual(['cursor', 'limit', 'state']);
  });

  it('says which routes need a key', () => {
    expect(paths['/v1/nodes/join']?.['post']?.security).toEqual([]);
    expect(paths['/v1/nodes']?.['get']?.security).toEqual([{ apiKey: [] }, { cookie: [] }]);
  });
});
