import { Module } from '@nestjs/common';
import { LeaderLease } from './leader-lease.js';
import { OracleSchedule } from './oracle.schedule.js';
import { OracleService } from './oracle.service.js';
import { ProbeService } from './probe.service.js';
import { TimingService } from './timing.service.js';

@Module({ providers: [LeaderLease, TimingService, ProbeService, OracleService, OracleSchedule] })
export class OracleModule {}
