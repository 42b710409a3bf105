import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import * as documents from "../../client/documents.js";
import { sha256 } from "../../util/sha256.js";
import * as policyDocuments from "../client/policy-documents.js";
import type { CommandContext } from "../io/command-io.js";
import { readTextFile } from "../io/text-file.js";
import { VIEWER } from "../sign-in/viewer-document.js";

/** Written by the build. The same from src/ and from dist/. */
const CONSOLE_FILE = fileURLToPath(new URL("../../../dist/console/operations.json", import.meta.url));

interface OperationsOptions {
  readonly console?: true;
}

export function defineOperations(program: Command, { io }: CommandContext): void {
  program
    .command("operations")
    .description("print the documents that watch, policy, login and shelfmark/client send, for SHELFMARK_OPERATIONS")
    .option("--console", "those of the web console, too")
    .action(async (options: OperationsOptions) => {
      const byHash = Object.values({ ...documents, ...policyDocuments, VIEWER }).map((text) => [sha256(text), text]);
      const all = { ...Object.fromEntries(byHash), ...(options.console ? await readConsoleDocuments() : {}) };
      io.out(`${JSON.stringify(all, null, 2)}\n`);
    });
}

async function readConsoleDocuments(): Promise<Record<string, string>> {
  const text = await readTextFile({ path: CONSOLE_FILE, name: "The list of the console, which npm run build makes," });
  return JSON.parse(text) as Record<string, string>;
}
