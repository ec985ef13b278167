-- AlterTable
ALTER TABLE "Assignment" ADD COLUMN     "determinismClass" TEXT;
-- Nodes assigned before it was noted can be compared with none.
UPDATE "Assignment" SET "determinismClass" = 'unknown/' || "nodeId";
ALTER TABLE "Assignment" ALTER COLUMN "determinismClass" SET NOT NULL;

-- AlterTable
ALTER TABLE "Attempt" ADD COLUMN     "answer" JSONB,
ADD COLUMN     "determinismClass" TEXT,
ADD COLUMN     "revealAsks" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "revealed" JSONB,
ADD COLUMN     "silent" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Task" ADD COLUMN     "revealBy" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Task_replicated_idx" ON "Task"("sessionId", "state", "submittedAt") WHERE (redundancy > 1);
