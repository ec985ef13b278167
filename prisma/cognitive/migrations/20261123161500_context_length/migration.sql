ALTER TABLE "Verification" ADD COLUMN "contextLength" INTEGER;
