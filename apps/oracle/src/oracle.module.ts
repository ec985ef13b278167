import { Module } from '@nestjs/common';
import { LeaseService } from './lease.service.js';
import { OracleSchedule } from './oracle.schedule.js';
import { OracleService } from './oracle.service.js';
import { ProbeService } from './probe.service.js';
import { TimingService } from './timing.service.js';

@Module({ providers: [LeaseService, TimingService, ProbeService, OracleService, OracleSchedule] })
export class OracleModule {}
