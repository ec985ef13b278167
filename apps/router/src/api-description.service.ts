import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { z } from 'zod';
import { ADMIN_COOKIE } from './admin-cookie.js';
import { PUBLIC } from './auth.guard.js';
import { InputPipe } from './input.pipe.js';

type Constructor = abstract new (...args: never[]) => object;
type Schema = Record<string, unknown>;

/** What the router keeps of a handler's parameter: which part of the request it is, and its pipes. */
interface Argument {
  readonly data?: string;
  readonly pipes: readonly unknown[];
}

interface Operation {
  readonly operationId: string;
  readonly security: readonly Record<string, string[]>[];
  readonly parameters: readonly { name: string; in: 'path' | 'query'; required: boolean; schema: Schema }[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: Record<string, { schema: Schema }>;
  };
  readonly responses: Record<string, { description: string }>;
}

export interface ApiDescription {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly securitySchemes: Record<string, Record<string, string>> };
}

/** The OpenAPI 3.1 description of these controllers' routes, read from the very decorators that make the routes. */
export const describeApi = (controllers: readonly Constructor[]): ApiDescription => {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const controller of controllers)
    for (const name of handlersOf(controller)) {
      const handler = methodOf(controller, name);
      const path = pathOf(controller, handler);
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? 'GET';
      paths[path] = { ...paths[path], [method.toLowerCase()]: describe(controller, name) };
    }
  return {
    openapi: '3.1.0',
    info: { title: 'Ganglion', version: '1' },
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: ADMIN_COOKIE },
      },
    },
  };
};

const methodOf = (controller: Constructor, name: string): object =>
  (controller.prototype as Record<string, object>)[name] ?? {};

const handlersOf = (controller: Constructor): string[] =>
  Object.getOwnPropertyNames(controller.prototype).filter(
    (name) => name !== 'constructor' && Reflect.hasMetadata(METHOD_METADATA, methodOf(controller, name)),
  );

/** `v1/tasks` and `:id/receipt` → `/v1/tasks/{id}/receipt`. */
const pathOf = (controller: Constructor, handler: object): string => {
  const parts = [controller, handler].map((target) => Reflect.getMetadata(PATH_METADATA, target) as string);
  const path = parts.flatMap((part) => part.split('/')).filter((part) => part !== '');
  return `/${path.map((part) => part.replace(/^:(.+)$/, '{$1}')).join('/')}`;
};

const describe = (controller: Constructor, name: string): Operation => {
  const isPublic = [controller, methodOf(controller, name)].some((target) =>
    Reflect.getMetadata(PUBLIC, target),
  );
  const body = schemaOf(RouteParamtypes.BODY, controller, name);
  return {
    operationId: `${controller.name.replace(/Controller$/, '')}.${name}`,
    security: isPublic ? [] : [{ apiKey: [] }, { cookie: [] }],
    parameters: [...pathParameters(controller, name), ...queryParameters(controller, name)],
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    responses: { default: { description: 'The answer, or an error in the shape of OpenAI' } },
  };
};

const argumentsOf = (kind: RouteParamtypes, controller: Constructor, name: string): Argument[] => {
  const all = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, Argument>;
  return Object.entries(all)
    .filter(([key]) => key.split(':')[0] === String(kind))
    .map(([, argument]) => argument);
};

const inputOf = ({ pipes }: Argument): Schema | undefined => {
  const pipe = pipes.find((each) => each instanceof InputPipe);
  return pipe && (z.toJSONSchema(pipe.schema, { io: 'input', unrepresentable: 'any' }) as Schema);
};

const schemaOf = (kind: RouteParamtypes, controller: Constructor, name: string): Schema | undefined => {
  const [argument] = argumentsOf(kind, controller, name);
  return argument && (inputOf(argument) ?? {});
};

const pathParameters = (controller: Constructor, name: string): Operation['parameters'] =>
  argumentsOf(RouteParamtypes.PARAM, controller, name).map((argument) => ({
    name: argument.data ?? '',
    in: 'path',
    required: true,
    schema: inputOf(argument) ?? { type: 'string' },
  }));

const queryParameters = (controller: Constructor, name: string): Operation['parameters'] => {
  const query = schemaOf(RouteParamtypes.QUERY, controller, name);
  const required = (query?.['required'] ?? []) as string[];
  return Object.entries((query?.['properties'] ?? {}) as Record<string, Schema>).map(([key, schema]) => ({
    name: key,
    in: 'query',
    required: required.includes(key),
    schema,
  }));
};
