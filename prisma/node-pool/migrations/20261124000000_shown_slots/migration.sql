-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "concurrency" JSONB NOT NULL DEFAULT '[]';
