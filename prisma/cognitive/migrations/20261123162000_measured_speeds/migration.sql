-- AlterTable
ALTER TABLE "Participant" ADD COLUMN     "promptTokens" INTEGER;
