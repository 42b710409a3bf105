import { matchesAnyGlob } from "../values/glob.js";
import { coversAllRuns, coversRunsByVersion, type Viewer } from "./actor.js";
import { holdsScope } from "./scopes.js";

/** What of a token decides which events it is told: also kept by what outlives the token, such as a webhook. */
export type Reader = Pick<Viewer, "scopes" | "modelGlobs" | "experimentGlobs" | "environmentGlobs">;

/** The columns of an event that say whose it is. */
export interface EventPlace {
  readonly type: string;
  readonly modelName: string | null;
  readonly experimentName: string | null;
  readonly environment: string | null;
}

type Rule = (reader: Reader, place: EventPlace) => boolean;

/** By the noun that a type of event begins with. A noun that is not here is told to nobody. */
const RULES: Readonly<Record<string, Rule>> = {
  model: coversModel,
  model_version: coversModel,
  alias: coversModel,
  deployment: (reader, place) =>
    coversModel(reader, place) &&
    place.environment !== null &&
    matchesAnyGlob(reader.environmentGlobs, place.environment),
  experiment: coversExperiment,
  run: coversExperiment,
  dataset: coversTracking,
  lineage: (reader) => coversTracking(reader) && holdsScope(reader.scopes, "models:read"),
};

/** Whether the reader may be told of an event, by its names as they were when it happened. */
export function maySeeEvent(reader: Reader, place: EventPlace): boolean {
  return RULES[nounOf(place.type)]?.(reader, place) ?? false;
}

/** `model_version` of `model_version.created`. */
export function nounOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}

function coversModel({ scopes, modelGlobs }: Reader, { modelName }: EventPlace): boolean {
  return holdsScope(scopes, "models:read") && modelName !== null && matchesAnyGlob(modelGlobs, modelName);
}

/** Of runs that are seen by their versions alone an event does not say enough. */
function coversExperiment(reader: Reader, { experimentName }: EventPlace): boolean {
  if (!holdsScope(reader.scopes, "runs:read") || coversRunsByVersion(reader)) return false;
  return coversAllRuns(reader) || (experimentName !== null && matchesAnyGlob(reader.experimentGlobs, experimentName));
}

function coversTracking(reader: Reader): boolean {
  return holdsScope(reader.scopes, "runs:read") && coversAllRuns(reader);
}
