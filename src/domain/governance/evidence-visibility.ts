import { coversAllRuns, type Reader } from "../access/actor.js";
import { holdsScope } from "../access/scopes.js";
import { matchesAnyGlob } from "../values/glob.js";
import type { RuleResult } from "./decision.js";
import type { Evidence, EvidenceKind } from "./evidence.js";

/** Whether evidence of a kind is about a run, so that only a reader of that run may see it. */
const IS_OF_RUN: { readonly [K in EvidenceKind]: boolean } = {
  METRIC: true,
  RUN: true,
  DATASET: true,
  TAG: false,
  CHECK: false,
  STAY: false,
  HOLDER: false,
  FIELD: false,
  REASON: false,
  APPROVAL: false,
  TIME: false,
};

/** The results with the evidence that the reader may see. Rules, verdicts and explanations show to whoever sees the version. */
export function visibleResults<T extends Pick<RuleResult, "evidence">>(reader: Reader, results: readonly T[]): T[] {
  return results.map((result) => ({
    ...result,
    evidence: result.evidence.filter((each) => !isOfRun(each) || coversRunOf(reader, each)),
  }));
}

/** A kind that the table does not have may have been written by another release. */
function isOfRun({ kind }: Evidence): boolean {
  return !Object.hasOwn(IS_OF_RUN, kind) || IS_OF_RUN[kind];
}

/** The decision does not show whether a token that sees runs by their versions still covers the run: they may be deleted. */
function coversRunOf(reader: Reader, { experimentName }: Evidence): boolean {
  if (!holdsScope(reader.scopes, "runs:read")) return false;
  if (coversAllRuns(reader)) return true;
  return (
    reader.experimentGlobs !== null &&
    experimentName !== undefined &&
    matchesAnyGlob(reader.experimentGlobs, experimentName)
  );
}
