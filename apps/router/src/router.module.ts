import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AdminController } from './admin.controller.js';
import { AdminGateway } from './admin.gateway.js';
import { AdminLogins } from './admin-login.service.js';
import { ApiController } from './api.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthGuard } from './auth.guard.js';
import { AuditsController } from './audits.controller.js';
import { Callers } from './callers.service.js';
import { ChatController } from './chat.controller.js';
import { ClientGateway } from './client.gateway.js';
import { ClosingService } from './closing.service.js';
import { CompletionsService } from './completions.service.js';
import { EventsController } from './events.controller.js';
import { HttpFaultFilter } from './fault.filter.js';
import { HealthController } from './health.controller.js';
import { JoinTokensController } from './join-tokens.controller.js';
import { KeysController } from './keys.controller.js';
import { LiveEvents } from './live-events.service.js';
import { ModelsController } from './models.controller.js';
import { ModelsService } from './models.service.js';
import { NetworkHealthController } from './network-health.controller.js';
import { NetworkHealthService } from './network-health.service.js';
import { NetworkController } from './network.controller.js';
import { OverviewController } from './overview.controller.js';
import { ReputationController } from './reputation.controller.js';
import { NodesController } from './nodes.controller.js';
import { readRouterConfig, ROUTER_CONFIG } from './router.config.js';
import { RequestLimits } from './request-limits.service.js';
import { SessionsController } from './sessions.controller.js';
import { SubmitService } from './submit.service.js';
import { TaskMetrics } from './task-metrics.service.js';
import { TasksController } from './tasks.controller.js';
import { UsageController } from './usage.controller.js';

/** The gateway for clients: REST, server-sent events and socket.io over one `submit`. Keeps no state of its own. */
@Module({
  controllers: [
    AdminController,
    ApiController,
    ChatController,
    EventsController,
    HealthController,
    JoinTokensController,
    KeysController,
    ModelsController,
    NetworkController,
    NetworkHealthController,
    ReputationController,
    AuditsController,
    NodesController,
    OverviewController,
    SessionsController,
    TasksController,
    UsageController,
  ],
  providers: [
    { provide: ROUTER_CONFIG, useFactory: readRouterConfig },
    { provide: APP_FILTER, useClass: HttpFaultFilter },
    { provide: APP_GUARD, useClass: AuthGuard },
    AdminGateway,
    AdminLogins,
    ApiKeysService,
    Callers,
    ClientGateway,
    ClosingService,
    CompletionsService,
    LiveEvents,
    ModelsService,
    NetworkHealthService,
    RequestLimits,
    SubmitService,
    TaskMetrics,
  ],
})
export class RouterModule {}
