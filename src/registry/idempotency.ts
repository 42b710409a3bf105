import { ConflictError } from "../domain/errors.js";
import { canonicalJson, type JsonObject, type JsonValue } from "../domain/values/json.js";
import { canonicalMeaning, type MeaningOf } from "../domain/values/meaning.js";
import { parseAnyLine } from "../domain/values/text.js";
import { claimIdempotencyKey, rememberAnswer } from "../store/idempotency.js";
import { sha256 } from "../util/sha256.js";
import type { Work } from "./command.js";

const IDEMPOTENCY_KEY_MAX = 255;
/** Begins the hash of what an input means. A hash without it is of version 1, which compared how the input was spelled. */
const VERSION_2 = "v2:";

interface WithKey {
  /** Null or absent: the mutation runs every time. */
  readonly idempotencyKey?: string | null | undefined;
}

interface IdempotentCall<Input extends WithKey> {
  readonly mutation: string;
  readonly input: Input;
  readonly meaning: MeaningOf<NoInfer<Input>>;
  /**
   * What version 1 of the hash was made of; absent if the mutation took no keys then. It must not change, and can go when
   * every server has had version 2 for 30 days, which is how long hashes are kept.
   */
  readonly version1?: JsonObject;
}

/**
 * Runs the action once for each (issuer, subject, mutation, key), and stores the ids of its result in the same transaction.
 * A retry returns the stored ids and writes nothing. Throws CONFLICT if the key was used with an input that means something
 * else.
 */
export async function withIdempotencyKey<Input extends WithKey, T extends JsonValue>(
  work: Work,
  { mutation, input, meaning, version1 }: IdempotentCall<Input>,
  action: () => Promise<T>,
): Promise<T> {
  const key = input.idempotencyKey;
  if (key === null || key === undefined) return action();
  const { issuer, subject } = work.viewer.actor;
  const slot = { issuer, subject, mutation, key: parseAnyLine("input.idempotencyKey", key, IDEMPOTENCY_KEY_MAX) };
  const inputHash = VERSION_2 + sha256(canonicalMeaning(meaning));
  const remembered = await claimIdempotencyKey(work.tx, slot, inputHash, work.at);
  if (!remembered) {
    const result = await action();
    await rememberAnswer(work.tx, slot, result);
    return result;
  }
  const isVersion2 = remembered.inputHash.startsWith(VERSION_2);
  if (remembered.inputHash !== (isVersion2 ? inputHash : sha256(canonicalJson(version1 ?? {})))) {
    throw new ConflictError(`The idempotency key "${key}" was used for ${mutation} with other input.`, {
      field: "input.idempotencyKey",
    });
  }
  return remembered.result as T;
}
