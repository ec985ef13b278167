-- CreateTable
CREATE TABLE "Event" (
    "id" UUID NOT NULL,
    "sequence" BIGSERIAL NOT NULL,
    "entity" TEXT NOT NULL,
    "entityId" TEXT NOT NULL,
    "version" INTEGER,
    "from" TEXT,
    "to" TEXT,
    "reason" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "subject" TEXT,
    "payload" JSONB,
    "publishedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Heard" (
    "eventId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Heard_pkey" PRIMARY KEY ("eventId")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "HeardEvent" (
    "sequence" BIGSERIAL NOT NULL,
    "eventId" TEXT NOT NULL,
    "nodeId" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "heardAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "HeardEvent_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "NodeStat" (
    "nodeId" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "succeeded" INTEGER NOT NULL,
    "points" DOUBLE PRECISION NOT NULL,
    "weight" DOUBLE PRECISION NOT NULL,
    "weightSucceeded" DOUBLE PRECISION NOT NULL,
    "asOf" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NodeStat_pkey" PRIMARY KEY ("nodeId","phase")
);

-- CreateTable
CREATE TABLE "SessionStat" (
    "sessionId" UUID NOT NULL,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "lost" INTEGER NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "SessionStat_pkey" PRIMARY KEY ("sessionId")
);

-- CreateTable
CREATE TABLE "Score" (
    "nodeId" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "announced" DOUBLE PRECISION NOT NULL,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "lost" INTEGER NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Score_pkey" PRIMARY KEY ("nodeId")
);

-- CreateTable
CREATE TABLE "OwnFigure" (
    "nodeId" TEXT NOT NULL,
    "ttftMs" DOUBLE PRECISION,
    "tokensPerSecond" DOUBLE PRECISION,
    "reports" INTEGER NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OwnFigure_pkey" PRIMARY KEY ("nodeId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Event_sequence_key" ON "Event"("sequence");

-- CreateIndex
CREATE INDEX "Event_unpublished_idx" ON "Event"("sequence") WHERE (subject IS NOT NULL AND "publishedAt" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Event_entity_entityId_version_key" ON "Event"("entity", "entityId", "version");

-- CreateIndex
CREATE INDEX "Heard_at_idx" ON "Heard"("at");

-- CreateIndex
CREATE UNIQUE INDEX "HeardEvent_eventId_key" ON "HeardEvent"("eventId");

-- CreateIndex
CREATE INDEX "HeardEvent_nodeId_sequence_idx" ON "HeardEvent"("nodeId", "sequence");
