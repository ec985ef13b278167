-- AlterTable
ALTER TABLE "Node" ADD COLUMN     "loadable" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "loadingDigest" TEXT,
ADD COLUMN     "switchedAt" TIMESTAMPTZ(3);
