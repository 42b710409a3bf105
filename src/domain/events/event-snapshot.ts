import { coversAllRuns, coversEverything, type Reader } from "../access/actor.js";
import { CREATOR_MAY_READ, holdsScope } from "../access/scopes.js";
import type { Decision, RuleResult } from "../governance/decision.js";
import { visibleResults } from "../governance/evidence-visibility.js";
import { matchesAnyGlob } from "../values/glob.js";
import type { JsonObject, JsonValue } from "../values/json.js";
import { nounOf } from "./event.js";
import { fieldOfKey, scopeOfKey } from "./snapshot-fields.js";

/**
 * An event's before or after as far as the reader may see it: without the keys whose fields of the live object the reader
 * may not see. With `isOwn` the reader made the change and reads back the values that it wrote.
 */
export function visibleSnapshot(
  reader: Reader,
  type: string,
  snapshot: JsonObject | null,
  isOwn = false,
): JsonObject | null {
  if (snapshot === null) return null;
  const noun = nounOf(type);
  const shown = Object.entries(snapshot).flatMap(([key, value]): [string, JsonValue][] => {
    if (isGuarded(reader, noun, key, isOwn) || isHidden(reader, noun, key, value)) return [];
    return [[key, narrow(reader, noun, key, value)]];
  });
  return Object.fromEntries(shown);
}

/** Leaves out what is inside a value and the reader may not see. */
function narrow(reader: Reader, noun: string, key: string, value: JsonValue): JsonValue {
  if (isEnds(noun, key, value)) return value.filter((end) => coversEnd(reader, end));
  if (isResults(noun, key, value)) return visibleResults(reader, value) as unknown as JsonValue;
  if (!isDecision(noun, key)) return value;
  // another release may have written another form, in which evidence could not be told
  const { rules, ...decision } = value as Partial<Decision>;
  return Array.isArray(rules) ? ({ ...decision, rules: visibleResults(reader, rules) } as unknown as JsonValue) : null;
}

/** The rules that an override went past. */
function isResults(noun: string, key: string, value: JsonValue): value is JsonValue & readonly RuleResult[] {
  return Array.isArray(value) && (noun === "promotion" || noun === "promotion_request") && key === "rules";
}

/** Of the event of a promotion. */
function isDecision(noun: string, key: string): boolean {
  return key === "decision" && (noun === "model_version" || noun === "alias");
}

/**
 * By the scope of the field that shows the same value. A key that no table describes, which another release may have
 * written, is shown to tokens without limits only.
 */
function isGuarded(reader: Reader, noun: string, key: string, isOwn: boolean): boolean {
  const field = fieldOfKey(noun, key);
  if (field === undefined) return !coversEverything(reader);
  const scope = scopeOfKey(noun, key);
  return (
    scope !== undefined &&
    !holdsScope(reader.scopes, scope) &&
    !(isOwn && field !== null && CREATOR_MAY_READ.has(field))
  );
}

/** By what the value names, where the token's claims may not cover it. */
function isHidden(reader: Reader, noun: string, key: string, value: JsonValue): boolean {
  if ((key === "runId" || key === "loggedModelId") && noun === "model_version") return !coversRunOfVersion(reader);
  // A logged model may name a run of another experiment.
  if (key === "sourceRunId" && noun === "logged_model") return !coversAllRuns(reader);
  // A run's parent may belong to another experiment.
  if (key === "parentId" && noun === "run") return !coversAllRuns(reader);
  // A rename holds the other name too, which the token may not cover.
  if (key !== "name" || typeof value !== "string") return false;
  if (noun === "model") return !matchesAnyGlob(reader.modelGlobs, value);
  return noun === "experiment" && !matchesAnyGlob(reader.experimentGlobs, value);
}

/** The event does not show whether a token that sees runs by their versions still covers the run: they may be deleted. */
function coversRunOfVersion(reader: Reader): boolean {
  return holdsScope(reader.scopes, "runs:read") && coversAllRuns(reader);
}

/** What a run read or wrote: nodes of the lineage graph. */
function isEnds(noun: string, key: string, value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value) && noun === "run" && (key === "inputs" || key === "outputs");
}

/** The event holds versions and logged models by their ids alone, which do not show whether a narrowed token covers them. */
function coversEnd(reader: Reader, end: JsonValue): boolean {
  const kind = (end as { kind?: JsonValue } | null)?.kind;
  if (kind === "LOGGED_MODEL") return coversAllRuns(reader);
  return kind !== "MODEL_VERSION" || (reader.modelGlobs === null && holdsScope(reader.scopes, "models:read"));
}
