-- CreateEnum
CREATE TYPE "TaskState" AS ENUM ('QUEUED', 'DISPATCHED', 'STREAMING', 'PRECOMMITTED', 'REVEALING', 'FINALISED', 'CANCELLING', 'CANCELLED', 'FAILED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "AttemptState" AS ENUM ('OFFERED', 'ACKED', 'STREAMING', 'PRECOMMITTED', 'COMMITTED', 'ACCEPTED', 'REFUSED', 'REJECTED', 'LOST', 'CANCELLED');

-- CreateEnum
CREATE TYPE "AssignmentState" AS ENUM ('ACTIVE', 'ENDING', 'ENDED');

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
CREATE TABLE "Task" (
    "id" UUID NOT NULL,
    "state" "TaskState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" JSONB,
    "sessionId" UUID,
    "owner" TEXT,
    "nodeId" TEXT,
    "model" TEXT NOT NULL,
    "modelDigest" TEXT NOT NULL,
    "redundancy" INTEGER NOT NULL,
    "holdReveal" BOOLEAN NOT NULL,
    "submitted" JSONB NOT NULL,
    "requestDigest" TEXT NOT NULL,
    "expectedTokens" INTEGER NOT NULL,
    "submittedAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "nextOfferAt" TIMESTAMPTZ(3) NOT NULL,
    "cancelBy" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "promptTokens" INTEGER NOT NULL DEFAULT 0,
    "completionTokens" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "receipt" JSONB,

    CONSTRAINT "Task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Attempt" (
    "id" UUID NOT NULL,
    "taskId" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "nodeId" TEXT NOT NULL,
    "state" "AttemptState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" JSONB,
    "offeredAt" TIMESTAMPTZ(3) NOT NULL,
    "firstFrameAt" TIMESTAMPTZ(3),
    "precommittedAt" TIMESTAMPTZ(3),
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "revealAskedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "precommit" TEXT,
    "signature" TEXT,
    "completionTokens" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CommitPart" (
    "attemptId" UUID NOT NULL,
    "part" INTEGER NOT NULL,
    "parts" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "data" TEXT NOT NULL,

    CONSTRAINT "CommitPart_pkey" PRIMARY KEY ("attemptId","part")
);

-- CreateTable
CREATE TABLE "Slot" (
    "nodeId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "attemptId" UUID,
    "expectedTokens" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Slot_pkey" PRIMARY KEY ("nodeId","index")
);

-- CreateTable
CREATE TABLE "Assignment" (
    "id" UUID NOT NULL,
    "sessionId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "activeNodeId" TEXT,
    "state" "AssignmentState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" JSONB,
    "slots" INTEGER NOT NULL,
    "tokensPerSecond" DOUBLE PRECISION NOT NULL,
    "tasksDone" INTEGER NOT NULL DEFAULT 0,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "lastBusyAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Assignment_pkey" PRIMARY KEY ("id")
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
CREATE INDEX "Task_state_sessionId_submittedAt_idx" ON "Task"("state", "sessionId", "submittedAt");

-- CreateIndex
CREATE INDEX "Task_state_nodeId_idx" ON "Task"("state", "nodeId");

-- CreateIndex
CREATE INDEX "Task_owner_id_idx" ON "Task"("owner", "id");

-- CreateIndex
CREATE INDEX "Task_sessionId_id_idx" ON "Task"("sessionId", "id");

-- CreateIndex
CREATE INDEX "Attempt_state_dueAt_idx" ON "Attempt"("state", "dueAt");

-- CreateIndex
CREATE INDEX "Attempt_nodeId_state_idx" ON "Attempt"("nodeId", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Attempt_taskId_attempt_key" ON "Attempt"("taskId", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "Slot_attemptId_key" ON "Slot"("attemptId");

-- CreateIndex
CREATE UNIQUE INDEX "Assignment_activeNodeId_key" ON "Assignment"("activeNodeId");

-- CreateIndex
CREATE INDEX "Assignment_sessionId_state_idx" ON "Assignment"("sessionId", "state");

-- AddForeignKey
ALTER TABLE "Attempt" ADD CONSTRAINT "Attempt_taskId_fkey" FOREIGN KEY ("taskId") REFERENCES "Task"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "CommitPart" ADD CONSTRAINT "CommitPart_attemptId_fkey" FOREIGN KEY ("attemptId") REFERENCES "Attempt"("id") ON DELETE CASCADE ON UPDATE CASCADE;
