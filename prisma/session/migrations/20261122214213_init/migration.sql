-- CreateEnum
CREATE TYPE "SessionState" AS ENUM ('REQUESTED', 'RESERVING', 'READY', 'DEGRADED', 'CLOSING', 'CLOSED', 'FAILED', 'EXPIRED');

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
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "state" "SessionState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" JSONB,
    "owner" TEXT,
    "model" TEXT NOT NULL,
    "modelDigest" TEXT NOT NULL,
    "sharedFor" TEXT,
    "parameters" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "expiresAt" TIMESTAMPTZ(3),
    "settled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "revokedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Usage" (
    "owner" TEXT NOT NULL,
    "tasks" INTEGER NOT NULL DEFAULT 0,
    "promptTokens" BIGINT NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Usage_pkey" PRIMARY KEY ("owner")
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
CREATE UNIQUE INDEX "Session_sharedFor_key" ON "Session"("sharedFor");

-- CreateIndex
CREATE INDEX "Session_settled_idx" ON "Session"("settled");

-- CreateIndex
CREATE INDEX "Session_owner_id_idx" ON "Session"("owner", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey"("hash");
