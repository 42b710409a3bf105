import { createHash } from "node:crypto";
import { ConflictError } from "../domain/errors.js";
import { canonicalJson, type JsonObject, type JsonValue } from "../domain/values/json.js";
import { parseLine } from "../domain/values/text.js";
import { claimIdempotencyKey, rememberAnswer } from "../store/idempotency.js";
import type { Work } from "./command.js";

export const IDEMPOTENCY_KEY_MAX = 255;

interface Once {
  readonly mutation: string;
  /** Absent: the mutation is done each time it is asked for. */
  readonly key: string | null | undefined;
  /** The input with its references resolved to ids, so that a name and an id for the same thing are the same input. */
  readonly input: JsonObject;
}

/**
 * Does the work once per (issuer, subject, mutation, key) and remembers the ids of its answer in the same transaction.
 * A retry gets the remembered ids and writes nothing; other input under the same key is a CONFLICT.
 */
export async function answerOnce<T extends JsonValue>(work: Work, once: Once, act: () => Promise<T>): Promise<T> {
  if (once.key === null || once.key === undefined) return act();
  const { issuer, subject } = work.viewer.actor;
  const key = parseLine("input.idempotencyKey", once.key, IDEMPOTENCY_KEY_MAX);
  const slot = { issuer, subject, mutation: once.mutation, key };
  const inputHash = createHash("sha256").update(canonicalJson(once.input)).digest("hex");
  const remembered = await claimIdempotencyKey(work.tx, slot, inputHash, work.at);
  if (!remembered) {
    const result = await act();
    await rememberAnswer(work.tx, slot, result);
    return result;
  }
  if (remembered.inputHash !== inputHash) {
    throw new ConflictError(`The idempotency key "${key}" was used for ${once.mutation} with other input.`, {
      field: "input.idempotencyKey",
    });
  }
  return remembered.result as T;
}
