-- CreateIndex
CREATE INDEX "Attempt_nodeId_precommittedAt_idx" ON "Attempt"("nodeId", "precommittedAt");
