import type { HealthView } from '@ganglion/contracts';
import { Controller, Get } from '@nestjs/common';
import { AdminOnly } from './auth.guard.js';
import { NetworkHealthService } from './network-health.service.js';

@Controller('v1/health')
@AdminOnly()
export class NetworkHealthController {
  constructor(private readonly health: NetworkHealthService) {}

  /** Every replica that answers, the outboxes, and the broker's streams. */
  @Get()
  look(): Promise<HealthView> {
    return this.health.look();
  }
}
