-- AlterTable
ALTER TABLE "NodeStat" ADD COLUMN     "weightFailed" DOUBLE PRECISION NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "NodeLedger" (
    "nodeId" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "state" TEXT NOT NULL,

    CONSTRAINT "NodeLedger_pkey" PRIMARY KEY ("nodeId")
);

-- CreateTable
CREATE TABLE "Snapshot" (
    "nodeId" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "heardTo" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "events" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Snapshot_pkey" PRIMARY KEY ("nodeId")
);

-- CreateTable
CREATE TABLE "PhaseDay" (
    "nodeId" TEXT NOT NULL,
    "phase" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "total" INTEGER NOT NULL,
    "succeeded" INTEGER NOT NULL,
    "coveredTotal" INTEGER NOT NULL DEFAULT 0,
    "coveredSucceeded" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "PhaseDay_pkey" PRIMARY KEY ("nodeId","phase","day")
);

-- CreateTable
CREATE TABLE "LevelChange" (
    "nodeId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "sequence" BIGINT NOT NULL,
    "eventId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "from" INTEGER NOT NULL,
    "to" INTEGER NOT NULL,
    "reason" JSONB NOT NULL,

    CONSTRAINT "LevelChange_pkey" PRIMARY KEY ("nodeId","number")
);

-- CreateIndex
CREATE INDEX "HeardEvent_nodeId_subject_sequence_idx" ON "HeardEvent"("nodeId", "subject", "sequence");
