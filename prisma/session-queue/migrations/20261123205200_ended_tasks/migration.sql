-- CreateIndex
CREATE INDEX "Task_ended_idx" ON "Task"("endedAt") WHERE ("endedAt" IS NOT NULL AND "sessionId" IS NOT NULL);
