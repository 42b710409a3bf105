import { test } from "vitest";
import { listDocuments } from "./blocks.js";
import { runDocument } from "./run/run-document.js";
import { DocumentWorld, NotHereError } from "./run/world.js";

/** Only what hangs takes so long. */
const DOCUMENT_MS = 15 * 60_000;
const RUN_HERE = ["sh", "graphql"];

const documents = listDocuments().filter(({ blocks }) => blocks.some(({ language }) => RUN_HERE.includes(language)));

for (const document of documents) {
  test.concurrent(`the blocks of ${document.path} run in their order`, { timeout: DOCUMENT_MS }, async ({ skip }) => {
    const world = await DocumentWorld.open();
    try {
      await runDocument(document, world);
    } catch (error) {
      // .ci/run has everything that a document needs
      if (error instanceof NotHereError && !process.env.CI) skip(error.message);
      throw error;
    } finally {
      await world.close();
    }
  });
}
