-- CreateEnum
CREATE TYPE "RoundState" AS ENUM ('REQUESTED', 'CREATED', 'PREPARED', 'STARTED', 'PRECOMMITTING', 'COMMITTING', 'ENDED', 'ABORTED');

-- CreateEnum
CREATE TYPE "Outcome" AS ENUM ('PENDING', 'PASSED', 'FAILED', 'EXCUSED');

-- CreateEnum
CREATE TYPE "SubmissionPhase" AS ENUM ('CREATE', 'PREPARE', 'START', 'PRECOMMIT', 'COMMIT');

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
CREATE TABLE "Round" (
    "id" UUID NOT NULL,
    "state" "RoundState" NOT NULL DEFAULT 'REQUESTED',
    "version" INTEGER NOT NULL DEFAULT 0,
    "reason" JSONB,
    "model" TEXT NOT NULL,
    "modelDigest" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "creator" TEXT NOT NULL,
    "preparer" TEXT NOT NULL,
    "challenge" JSONB NOT NULL,
    "request" JSONB NOT NULL,
    "deadlineAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Round_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Participant" (
    "taskId" UUID NOT NULL,
    "roundId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "outcome" "Outcome" NOT NULL DEFAULT 'PENDING',
    "reason" JSONB,
    "enqueuedAt" TIMESTAMPTZ(3),
    "revealedAt" TIMESTAMPTZ(3),
    "correct" BOOLEAN,
    "measured" JSONB,
    "judgedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Participant_pkey" PRIMARY KEY ("taskId")
);

-- CreateTable
CREATE TABLE "Submission" (
    "id" UUID NOT NULL,
    "roundId" UUID NOT NULL,
    "author" TEXT NOT NULL,
    "phase" "SubmissionPhase" NOT NULL,
    "accepted" BOOLEAN NOT NULL,
    "hash" TEXT,
    "reason" JSONB,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Leader" (
    "name" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "oracleId" TEXT NOT NULL,
    "seenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Leader_pkey" PRIMARY KEY ("name")
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
CREATE INDEX "Round_live_idx" ON "Round"("deadlineAt") WHERE ("endedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Participant_judgedAt_idx" ON "Participant"("judgedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Participant_roundId_nodeId_key" ON "Participant"("roundId", "nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "Participant_live_idx" ON "Participant"("nodeId") WHERE ("judgedAt" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Submission_roundId_author_phase_key" ON "Submission"("roundId", "author", "phase");

-- AddForeignKey
ALTER TABLE "Participant" ADD CONSTRAINT "Participant_roundId_fkey" FOREIGN KEY ("roundId") REFERENCES "Round"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Submission" ADD CONSTRAINT "Submission_roundId_fkey" FOREIGN KEY ("roundId") REFERENCES "Round"("id") ON DELETE CASCADE ON UPDATE CASCADE;
