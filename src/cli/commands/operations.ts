import * as documents from "../../client/documents.js";
import { sha256 } from "../../util/sha256.js";
import type { CommandIo } from "../io/command-io.js";

/** Prints what the client module and `watch` send, as a file of operations takes it: documents by their SHA-256. */
export function operations(io: CommandIo): void {
  const byHash = Object.values(documents).map((text) => [sha256(text), text]);
  io.out(`${JSON.stringify(Object.fromEntries(byHash), null, 2)}\n`);
}
