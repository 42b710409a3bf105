import { CHANGES, LIST, POINTED, STANDING } from "../client/reconcile.js";
import { ALIAS_CHANGED, STAGE_CHANGED } from "../client/watch.js";
import { sha256 } from "../config.js";
import type { CommandIo } from "./command-io.js";
import { REPORT } from "./report-back.js";

const DOCUMENTS = [STAGE_CHANGED, ALIAS_CHANGED, LIST, STANDING, POINTED, CHANGES, REPORT];

/** Prints what the client module and `watch` send, as a file of operations takes it: documents by their SHA-256. */
export function operations(io: CommandIo): void {
  io.out(`${JSON.stringify(Object.fromEntries(DOCUMENTS.map((text) => [sha256(text), text])), null, 2)}\n`);
}
