-- AlterTable
ALTER TABLE "Score" ADD COLUMN     "announcedLevel" INTEGER;
