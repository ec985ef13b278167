-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "concurrentTasks" INTEGER,
ADD COLUMN     "requestsPerMinute" INTEGER,
ADD COLUMN     "tokensPerDay" INTEGER;

-- CreateTable
CREATE TABLE "UsageDay" (
    "owner" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "tasks" INTEGER NOT NULL DEFAULT 0,
    "promptTokens" BIGINT NOT NULL DEFAULT 0,
    "completionTokens" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "UsageDay_pkey" PRIMARY KEY ("owner","day")
);

-- CreateTable
CREATE TABLE "OpenTask" (
    "taskId" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OpenTask_pkey" PRIMARY KEY ("taskId")
);

-- CreateIndex
CREATE INDEX "UsageDay_day_idx" ON "UsageDay"("day");

-- CreateIndex
CREATE INDEX "OpenTask_owner_until_idx" ON "OpenTask"("owner", "until");
