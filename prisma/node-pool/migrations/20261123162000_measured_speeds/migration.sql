-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "speeds" JSONB NOT NULL DEFAULT '[]';
