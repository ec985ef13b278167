-- CreateEnum
CREATE TYPE "NodeState" AS ENUM ('REGISTERED', 'TESTING', 'EPHEMERAL', 'RESERVED', 'QUARANTINED', 'OFFLINE', 'DRAINING', 'RETIRED');

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
CREATE TABLE "Node" (
    "id" TEXT NOT NULL,
    "state" "NodeState" NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "stateAt" TIMESTAMPTZ(3) NOT NULL,
    "reason" JSONB,
    "sessionId" UUID,
    "dedicatedTo" TEXT,
    "modelDigest" TEXT NOT NULL,
    "determinismClass" TEXT NOT NULL,
    "slots" INTEGER NOT NULL,
    "softwareVersion" TEXT NOT NULL,
    "machine" JSONB NOT NULL,
    "tokensPerSecond" DOUBLE PRECISION,
    "testedAt" TIMESTAMPTZ(3),
    "tests" INTEGER NOT NULL DEFAULT 0,
    "score" DOUBLE PRECISION,
    "scoredAt" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failedAt" TIMESTAMPTZ(3),
    "wakeAt" TIMESTAMPTZ(3),
    "lastSeenAt" TIMESTAMPTZ(3),
    "joinedAt" TIMESTAMPTZ(3) NOT NULL,
    "leftAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Model" (
    "digest" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "contextLength" INTEGER NOT NULL,
    "quantisation" TEXT NOT NULL,
    "parameters" BIGINT,
    "defaults" JSONB NOT NULL,
    "files" JSONB NOT NULL,
    "challenges" JSONB NOT NULL,
    "registeredAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Model_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "JoinToken" (
    "id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "owner" TEXT,
    "mayRegisterModels" BOOLEAN NOT NULL DEFAULT false,
    "maxNodes" INTEGER NOT NULL,
    "nodes" INTEGER NOT NULL DEFAULT 0,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "JoinToken_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UsedNonce" (
    "nonce" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "UsedNonce_pkey" PRIMARY KEY ("nonce")
);

-- CreateTable
CREATE TABLE "Secret" (
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "Secret_pkey" PRIMARY KEY ("name")
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
CREATE INDEX "Node_state_modelDigest_idx" ON "Node"("state", "modelDigest");

-- CreateIndex
CREATE INDEX "Node_modelDigest_idx" ON "Node"("modelDigest");

-- CreateIndex
CREATE INDEX "Model_name_idx" ON "Model"("name");

-- CreateIndex
CREATE UNIQUE INDEX "JoinToken_hash_key" ON "JoinToken"("hash");

-- CreateIndex
CREATE INDEX "UsedNonce_at_idx" ON "UsedNonce"("at");

-- AddForeignKey
ALTER TABLE "Node" ADD CONSTRAINT "Node_modelDigest_fkey" FOREIGN KEY ("modelDigest") REFERENCES "Model"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;
