import type { Command } from "commander";
import * as documents from "../../client/documents.js";
import { sha256 } from "../../util/sha256.js";
import * as policyDocuments from "../client/policy-documents.js";
import type { CommandContext } from "../io/command-io.js";

export function defineOperations(program: Command, { io }: CommandContext): void {
  program
    .command("operations")
    .description("print the documents that watch, policy and shelfmark/client send, for SHELFMARK_OPERATIONS")
    .action(() => {
      const byHash = Object.values({ ...documents, ...policyDocuments }).map((text) => [sha256(text), text]);
      io.out(`${JSON.stringify(Object.fromEntries(byHash), null, 2)}\n`);
    });
}
