-- CreateEnum
CREATE TYPE "RoundRole" AS ENUM ('CREATOR', 'PREPARER');

-- CreateEnum
CREATE TYPE "TurnState" AS ENUM ('DRAWN', 'ASKED', 'HANDED_IN', 'PASSED', 'FAILED', 'EXCUSED');

-- AlterTable
ALTER TABLE "Participant" ADD COLUMN     "answer" TEXT;

-- AlterTable
ALTER TABLE "Round" ADD COLUMN     "determinismClass" TEXT,
ADD COLUMN     "isByNodes" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'known-answer',
ADD COLUMN     "lifetimeMs" INTEGER NOT NULL DEFAULT 45000,
ADD COLUMN     "redundancy" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "reference" TEXT,
ADD COLUMN     "shape" JSONB;

-- CreateTable
CREATE TABLE "RoleTurn" (
    "id" UUID NOT NULL,
    "roundId" UUID NOT NULL,
    "nodeId" TEXT NOT NULL,
    "role" "RoundRole" NOT NULL,
    "state" "TurnState" NOT NULL DEFAULT 'DRAWN',
    "seed" TEXT NOT NULL,
    "request" JSONB,
    "reference" TEXT,
    "reason" JSONB,
    "drawnAt" TIMESTAMPTZ(3) NOT NULL,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "RoleTurn_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "RoleTurn_nodeId_drawnAt_idx" ON "RoleTurn"("nodeId", "drawnAt");

-- CreateIndex
CREATE UNIQUE INDEX "RoleTurn_roundId_nodeId_key" ON "RoleTurn"("roundId", "nodeId");

-- CreateIndex
CREATE UNIQUE INDEX "RoleTurn_live_idx" ON "RoleTurn"("nodeId") WHERE ("endedAt" IS NULL);

-- AddForeignKey
ALTER TABLE "RoleTurn" ADD CONSTRAINT "RoleTurn_roundId_fkey" FOREIGN KEY ("roundId") REFERENCES "Round"("id") ON DELETE CASCADE ON UPDATE CASCADE;
