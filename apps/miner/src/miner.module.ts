import { Module } from '@nestjs/common';
import { MINER_CONFIG, readMinerConfig } from './miner.config.js';
import { MetricsService } from './metrics.service.js';
import { MinerService } from './miner.service.js';

@Module({
  providers: [
    { provide: MINER_CONFIG, useFactory: () => readMinerConfig(process.argv.slice(2)) },
    MetricsService,
    MinerService,
  ],
})
export class MinerModule {}
