import type { Scope } from "../../../src/domain/access/scopes.js";
import { counts, may, type Who } from "./actors.js";
import { type Asked, ask, type Said } from "./plain-rules.js";
import {
  guards,
  isEnforced,
  matches,
  matchesName,
  type Place,
  type PlainModel,
  type PlainVersion,
  type PlainWorld,
  placesOf,
  selects,
} from "./plain-world.js";

/** What a call must end with: `OK` or the code of its error, and what the rules said if it is a promotion. */
export interface Expected {
  readonly code: string;
  readonly said?: readonly Said[];
  /** Whether the call succeeds and does nothing. */
  readonly isIdle?: boolean;
}

export const OK: Expected = { code: "OK" };
export const FORBIDDEN: Expected = { code: "FORBIDDEN" };
export const NOT_FOUND: Expected = { code: "NOT_FOUND" };
export const CONFLICT: Expected = { code: "CONFLICT" };
export const EXISTS: Expected = { code: "ALREADY_EXISTS" };
export const NOT_MET: Expected = { code: "POLICY_NOT_MET" };
export const IDLE: Expected = { code: "OK", isIdle: true };

const STAGE_SCOPES: Readonly<Record<string, Scope>> = {
  NONE: "models:write",
  STAGING: "stages:staging",
  PRODUCTION: "stages:production",
  ARCHIVED: "stages:archived",
};

/** The scope that somebody needs to move a version onto a place or off it. */
export function scopeOf(place: Place): Scope {
  return STAGE_SCOPES[place] ?? "aliases:write";
}

/** Whether the policies that guard a place let somebody move versions onto it or off it. */
export function isMover(world: PlainWorld, who: Who, model: PlainModel, place: Place): boolean {
  return world.enforced(model).every(({ input }) => !guards(input, place) || counts(input.protection?.movers, who));
}

/** Whether a promotion is let through. An override does without every rule but the one that the database keeps. */
export function passGate(asked: Asked, who: Who, isOverride: boolean): Expected {
  const { world, model, to } = asked;
  if (!isMover(world, who, model, to)) return FORBIDDEN;
  const said = ask(asked);
  const refusing = said.filter(({ refuses }) => refuses);
  if (refusing.length === 0) return { code: "OK", said };
  const isOverridden = isOverride && !refusing.some(({ isSingleHolder }) => isSingleHolder);
  return isOverridden ? { code: "OK", said } : { code: "POLICY_NOT_MET", said: refusing };
}

/** Whether some enforced policy selects a model with one name or set of tags and not with the other. */
export function changesSelection(
  world: PlainWorld,
  before: Pick<PlainModel, "name" | "tags">,
  after: Pick<PlainModel, "name" | "tags">,
): boolean {
  return [...world.policies.values()].filter(isEnforced).some(
    ({ input }) =>
      selects(input, before.name, before.tags) !== selects(input, after.name, after.tags) ||
      // under its old name nobody was asked about the tags that keep it out
      (matchesName(input, after.name) && !matchesName(input, before.name)),
  );
}

/** Whether somebody may set or delete a tag of a model, or of one of its versions. */
export function mayTag(
  world: PlainWorld,
  who: Who,
  { name, tags }: Pick<PlainModel, "name" | "tags">,
  { key, isModel }: { key: string; isModel: boolean },
): boolean {
  return [...world.policies.values()].filter(isEnforced).every(({ input }) => {
    if (!matchesName(input, name)) return true;
    const isSelector = (input.selector?.tags ?? []).some((tag) => tag.key === key);
    const entries = (input.protection?.reservedTags ?? []).filter(({ keys }) => matches(keys, key));
    if (entries.length > 0 && (isSelector || selects(input, name, tags)))
      return entries.every(({ from }) => counts(from, who));
    return !isSelector || !isModel || may(who, "policies:write");
  });
}

/** Whether a policy freezes a version, or a model of which any version counts. */
export function isFrozen(
  world: PlainWorld,
  model: PlainModel,
  versions: readonly PlainVersion[],
  what: "freezeTags" | "freezeDescription",
): boolean {
  const places = versions.filter(({ isDeleted }) => !isDeleted).flatMap((version) => placesOf(model, version));
  return world
    .enforced(model)
    .some(({ input }) => input.protection?.[what] && places.some((place) => guards(input, place)));
}
