import { modelId, type ModelView } from '@ganglion/contracts';
import { Controller, Get, Param } from '@nestjs/common';
import { InputPipe } from './input.pipe.js';
import { ModelsService } from './models.service.js';

const nameOfModel = new InputPipe(modelId, 'the model id');

@Controller('v1/models')
export class ModelsController {
  constructor(private readonly models: ModelsService) {}

  @Get()
  async list() {
    const models = await this.models.list();
    return { object: 'list', data: models.map((model) => this.toOpenAi(model)) };
  }

  @Get(':id')
  async get(@Param('id', nameOfModel) id: string) {
    return this.toOpenAi(await this.models.find(id));
  }

  /** OpenAI's model, with what Ganglion knows beside it. */
  private toOpenAi({ id, registeredAt, ...facts }: ModelView) {
    const aliases = [...this.models.aliases].filter(([, model]) => model === id).map(([alias]) => alias);
    return {
      id,
      object: 'model',
      created: Math.floor(Date.parse(registeredAt) / 1_000),
      owned_by: 'ganglion',
      ganglion: { ...facts, aliases },
    };
  }
}
