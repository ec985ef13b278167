import { Controller, Get } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type ApiDescription, describeApi } from './api-description.service.js';
import { Public } from './auth.guard.js';

@Controller()
@Public()
export class ApiController {
  #description: ApiDescription | undefined;

  constructor(private readonly modules: ModulesContainer) {}

  /** Every route there is, for people and for tools that generate clients. */
  @Get('openapi.json')
  describe(): ApiDescription {
    return (this.#description ??= describeApi(this.controllers()));
  }

  private controllers() {
    const wrappers = [...this.modules.values()].flatMap(({ controllers }) => [...controllers.values()]);
    return wrappers
      .map(({ metatype }) => metatype)
      .filter((type) => typeof type === 'function') as (abstract new (...args: never[]) => object)[];
  }
}
