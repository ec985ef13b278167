ALTER TABLE "Epoch" ADD COLUMN "trimmedAt" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "Epoch_kept_idx" ON "Epoch"("closedAt") WHERE ("trimmedAt" IS NULL);
