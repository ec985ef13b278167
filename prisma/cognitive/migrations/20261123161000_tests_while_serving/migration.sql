-- AlterTable
ALTER TABLE "Participant" ADD COLUMN     "serving" BOOLEAN NOT NULL DEFAULT false;
