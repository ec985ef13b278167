-- AlterTable
ALTER TABLE "Participant" ADD COLUMN     "span" JSONB;

-- CreateTable
CREATE TABLE "Companion" (
    "taskId" UUID NOT NULL,
    "roundId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "lifetimeMs" INTEGER NOT NULL,
    "redundancy" INTEGER NOT NULL,
    "submittedAt" TIMESTAMPTZ(3) NOT NULL,
    "enqueuedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "span" JSONB,

    CONSTRAINT "Companion_pkey" PRIMARY KEY ("taskId")
);

-- CreateIndex
CREATE INDEX "Companion_roundId_idx" ON "Companion"("roundId");

-- AddForeignKey
ALTER TABLE "Companion" ADD CONSTRAINT "Companion_roundId_fkey" FOREIGN KEY ("roundId") REFERENCES "Round"("id") ON DELETE CASCADE ON UPDATE CASCADE;
