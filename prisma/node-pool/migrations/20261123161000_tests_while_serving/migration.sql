-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "drawnAt" TIMESTAMPTZ(3);
