import { matchesGlob } from "../values/glob.js";
import { type Coverage, coversRunsByVersion } from "./actor.js";
import type { Scope } from "./scopes.js";

/** Scopes that a token has from one source: its own claims, or a rule. */
export interface Grant extends Coverage {
  /** For people: "the token's claims" or the rule's place in the file. */
  readonly source: string;
  readonly scopes: readonly Scope[];
}

export interface CombinedGrants extends Coverage {
  readonly scopes: ReadonlySet<Scope>;
  /** Grants that could not be added without giving some scope where no grant gives it. */
  readonly left: readonly Grant[];
}

type Globs = readonly string[] | null;

/** Whether the wide globs match every text that the narrow ones match: they match each narrow glob, read as a text. */
function containsGlobs(wide: Globs, narrow: Globs): boolean {
  if (wide === null) return true;
  return narrow?.every((glob) => wide.some((each) => matchesGlob(each, glob))) ?? false;
}

/** Whether the wide coverage includes the narrow one. */
export function coversAll(wide: Coverage, narrow: Coverage): boolean {
  if (!containsGlobs(wide.modelGlobs, narrow.modelGlobs)) return false;
  if (!containsGlobs(wide.environmentGlobs, narrow.environmentGlobs)) return false;
  if (narrow.experimentGlobs === null) return wide.experimentGlobs === null;
  return !coversRunsByVersion(wide) && containsGlobs(wide.experimentGlobs, narrow.experimentGlobs);
}

/** The narrower of two lists of globs; undefined where neither contains the other, since that could not be written as globs. */
function narrower(a: Globs, b: Globs): Globs | undefined {
  if (containsGlobs(a, b)) return b;
  return containsGlobs(b, a) ? a : undefined;
}

/** What both cover; undefined if globs cannot express it. */
function intersect(a: Coverage, b: Coverage): Coverage | undefined {
  const modelGlobs = narrower(a.modelGlobs, b.modelGlobs);
  const environmentGlobs = narrower(a.environmentGlobs, b.environmentGlobs);
  const experimentGlobs = narrower(a.experimentGlobs, b.experimentGlobs);
  if (modelGlobs === undefined || environmentGlobs === undefined || experimentGlobs === undefined) return undefined;
  // globs cannot express the runs of visible versions together with experiments by name
  const byVersion = [a, b].some(coversRunsByVersion);
  return byVersion && experimentGlobs !== null ? undefined : { modelGlobs, experimentGlobs, environmentGlobs };
}

/**
 * Combines grants for a token whose own claims narrow all of them. A token has one set of scopes and one coverage: that of
 * the first grant. A later grant adds its scopes if it covers at least as much. So the token holds no scope where no single
 * grant gives it, and a grant that is added at the end takes nothing away.
 */
export function combineGrants(claims: Coverage, grants: readonly Grant[]): CombinedGrants {
  const left: Grant[] = [];
  const scopes = new Set<Scope>();
  let coverage: Coverage | undefined;
  for (const grant of grants) {
    const within = intersect(grant, claims);
    coverage ??= within;
    if (within && coverage && coversAll(within, coverage)) for (const scope of grant.scopes) scopes.add(scope);
    else left.push(grant);
  }
  const { modelGlobs, experimentGlobs, environmentGlobs } = coverage ?? claims;
  return { modelGlobs, experimentGlobs, environmentGlobs, scopes, left };
}
