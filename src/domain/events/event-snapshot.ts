import { coversAllRuns, coversRunsByVersion, type Reader } from "../access/actor.js";
import { FIELD_SCOPE, holdsScope } from "../access/scopes.js";
import { matchesAnyGlob } from "../values/glob.js";
import type { JsonObject, JsonValue } from "../values/json.js";
import { nounOf } from "./event-visibility.js";

/** An event's before or after as far as the reader may see it: what the live object would refuse is left out. */
export function visibleSnapshot(reader: Reader, type: string, snapshot: JsonObject | null): JsonObject | null {
  if (snapshot === null) return null;
  const shown = Object.entries(snapshot).flatMap(([key, value]): [string, JsonValue][] => {
    if (isHidden(reader, nounOf(type), key, value)) return [];
    return [[key, isEnds(type, key, value) ? value.filter((end) => coversEnd(reader, end)) : value]];
  });
  return Object.fromEntries(shown);
}

function isHidden(reader: Reader, noun: string, key: string, value: JsonValue): boolean {
  const { scopes } = reader;
  if (key === "source" && noun === "model_version") return !holdsScope(scopes, FIELD_SCOPE["ModelVersion.source"]);
  if (key === "source" && noun === "dataset") return !holdsScope(scopes, FIELD_SCOPE["Dataset.source"]);
  if (key === "runId" && noun === "model_version") return !coversRunOfVersion(reader);
  // A run's parent may be one of another experiment.
  if (key === "parentId" && noun === "run") return !coversAllRuns(reader);
  // A rename tells the other name too, which may be none of the reader's.
  if (key !== "name" || typeof value !== "string") return false;
  if (noun === "model") return !matchesAnyGlob(reader.modelGlobs, value);
  return noun === "experiment" && !matchesAnyGlob(reader.experimentGlobs, value);
}

function coversRunOfVersion(reader: Reader): boolean {
  return holdsScope(reader.scopes, "runs:read") && (coversAllRuns(reader) || coversRunsByVersion(reader));
}

/** What a run read or made: nodes of the lineage graph. */
function isEnds(type: string, key: string, value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value) && nounOf(type) === "run" && (key === "inputs" || key === "outputs");
}

/** A version stands there by its id alone, which does not say whether a token that is narrowed to models covers it. */
function coversEnd({ scopes, modelGlobs }: Reader, end: JsonValue): boolean {
  const isVersion = (end as { kind?: JsonValue } | null)?.kind === "MODEL_VERSION";
  return !isVersion || (modelGlobs === null && holdsScope(scopes, "models:read"));
}
