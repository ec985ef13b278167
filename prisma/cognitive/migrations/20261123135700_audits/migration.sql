-- CreateEnum
CREATE TYPE "AuditState" AS ENUM ('DRAWN', 'SCORING', 'CONFIRMING', 'PASSED', 'FAILED', 'UNDECIDED', 'UNVERIFIABLE');

-- CreateEnum
CREATE TYPE "VerificationState" AS ENUM ('ASKED', 'PASSED', 'FAILED', 'SILENT', 'REFUSED');

-- CreateTable
CREATE TABLE "Epoch" (
    "number" SERIAL NOT NULL,
    "seed" TEXT NOT NULL,
    "seedHash" TEXT NOT NULL,
    "baseRate" INTEGER NOT NULL,
    "announcedAt" TIMESTAMPTZ(3) NOT NULL,
    "startsAt" TIMESTAMPTZ(3) NOT NULL,
    "endsAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Epoch_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "Draw" (
    "id" UUID NOT NULL,
    "epoch" INTEGER NOT NULL,
    "taskId" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "nodeId" TEXT NOT NULL,
    "precommit" TEXT NOT NULL,
    "precommittedAt" TIMESTAMPTZ(3) NOT NULL,
    "score" INTEGER NOT NULL,
    "rate" INTEGER NOT NULL,

    CONSTRAINT "Draw_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Audit" (
    "id" UUID NOT NULL,
    "state" "AuditState" NOT NULL DEFAULT 'DRAWN',
    "version" INTEGER NOT NULL DEFAULT 0,
    "epoch" INTEGER NOT NULL,
    "nodeId" TEXT NOT NULL,
    "reasons" JSONB,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "giveUpAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" UUID NOT NULL,
    "auditId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "determinismClass" TEXT NOT NULL,
    "evidenceTolerance" INTEGER NOT NULL,
    "gapTolerance" DOUBLE PRECISION NOT NULL,
    "state" "VerificationState" NOT NULL DEFAULT 'ASKED',
    "reasons" JSONB,
    "askedAt" TIMESTAMPTZ(3) NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NodeScore" (
    "nodeId" TEXT NOT NULL,
    "score" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "NodeScore_pkey" PRIMARY KEY ("nodeId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Epoch_startsAt_key" ON "Epoch"("startsAt");

-- CreateIndex
CREATE INDEX "Epoch_open_idx" ON "Epoch"("endsAt") WHERE ("closedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Draw_epoch_id_idx" ON "Draw"("epoch", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Draw_taskId_attempt_key" ON "Draw"("taskId", "attempt");

-- CreateIndex
CREATE INDEX "Audit_live_idx" ON "Audit"("dueAt") WHERE ("endedAt" IS NULL);

-- CreateIndex
CREATE INDEX "Audit_epoch_state_idx" ON "Audit"("epoch", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Verification_auditId_nodeId_key" ON "Verification"("auditId", "nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "Verification_live_idx" ON "Verification"("nodeId") WHERE ("endedAt" IS NULL);

-- AddForeignKey
ALTER TABLE "Draw" ADD CONSTRAINT "Draw_epoch_fkey" FOREIGN KEY ("epoch") REFERENCES "Epoch"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Audit" ADD CONSTRAINT "Audit_id_fkey" FOREIGN KEY ("id") REFERENCES "Draw"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Verification" ADD CONSTRAINT "Verification_auditId_fkey" FOREIGN KEY ("auditId") REFERENCES "Audit"("id") ON DELETE CASCADE ON UPDATE CASCADE;
