import { createHash } from "node:crypto";
import { ConflictError } from "../domain/errors.js";
import { canonicalJson, type JsonObject, type JsonValue } from "../domain/values/json.js";
import { parseAnyLine } from "../domain/values/text.js";
import { claimIdempotencyKey, rememberAnswer } from "../store/idempotency.js";
import type { Work } from "./command.js";

const IDEMPOTENCY_KEY_MAX = 255;

interface IdempotentCall {
  readonly mutation: string;
  /** Null or absent: the mutation runs every time. */
  readonly key: string | null | undefined;
  /** The input, with references resolved to ids: a name and an id of the same thing count as the same input. */
  readonly input: JsonObject;
}

/**
 * Runs the action once for each (issuer, subject, mutation, key), and stores the ids of its result in the same transaction.
 * A retry returns the stored ids and writes nothing. Throws CONFLICT if the key was used with other input.
 */
export async function withIdempotencyKey<T extends JsonValue>(
  work: Work,
  { mutation, key, input }: IdempotentCall,
  action: () => Promise<T>,
): Promise<T> {
  if (key === null || key === undefined) return action();
  const { issuer, subject } = work.viewer.actor;
  const slot = { issuer, subject, mutation, key: parseAnyLine("input.idempotencyKey", key, IDEMPOTENCY_KEY_MAX) };
  const inputHash = createHash("sha256").update(canonicalJson(input)).digest("hex");
  const remembered = await claimIdempotencyKey(work.tx, slot, inputHash, work.at);
  if (!remembered) {
    const result = await action();
    await rememberAnswer(work.tx, slot, result);
    return result;
  }
  if (remembered.inputHash !== inputHash) {
    throw new ConflictError(`The idempotency key "${key}" was used for ${mutation} with other input.`, {
      field: "input.idempotencyKey",
    });
  }
  return remembered.result as T;
}
