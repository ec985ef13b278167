-- AlterTable
ALTER TABLE "JoinToken" ADD COLUMN     "name" TEXT NOT NULL DEFAULT '';
