-- AlterTable
ALTER TABLE "Session" ADD COLUMN     "tendedBy" TEXT,
ADD COLUMN     "tendedUntil" TIMESTAMPTZ(3);
