import { may, type Who } from "./actors.js";
import { CONFLICT, type Expected, FORBIDDEN, IDLE, isMover, NOT_FOUND, OK, passGate, scopeOf } from "./plain-gate.js";
import { holdersOf, type Place, type PlainModel, type PlainVersion, type PlainWorld } from "./plain-world.js";
import type { StepOf } from "./steps.js";

const isServing = (place: Place) => place === "STAGING" || place === "PRODUCTION";

export function find(world: PlainWorld, name: string, number: number) {
  const model = world.living(name);
  const version = model?.versions.find((each) => each.number === number && !each.isDeleted);
  return model && version ? { model, version } : null;
}

function enterStage(world: PlainWorld, version: PlainVersion, to: PlainVersion["stage"]): void {
  world.leave(version, version.stage);
  world.enter(version, to);
  version.stage = to;
  version.entry = world.next();
}

function setAliasTo(world: PlainWorld, model: PlainModel, alias: string, version: PlainVersion): void {
  const from = model.aliases.get(alias);
  if (from) world.leave(from, `@${alias}`);
  world.enter(version, `@${alias}`);
  model.aliases.set(alias, version);
}

function removeAlias(world: PlainWorld, model: PlainModel, alias: string): void {
  const from = model.aliases.get(alias);
  if (from) world.leave(from, `@${alias}`);
  model.aliases.delete(alias);
}

function archive(world: PlainWorld, versions: readonly PlainVersion[]): void {
  for (const each of [...versions].sort((a, b) => a.number - b.number)) enterStage(world, each, "ARCHIVED");
}

interface Move {
  readonly who: Who;
  readonly to: Place;
  readonly reason: string | null;
  readonly override: string | null;
  readonly replaces: boolean;
  readonly isRollback: boolean;
}

/** A move of a version that was found, by somebody who has the scopes. */
function place(world: PlainWorld, model: PlainModel, version: PlainVersion, move: Move): Expected {
  const { who, to, override, replaces } = move;
  const isAlias = to.startsWith("@");
  if (!isAlias && isServing(version.stage) && !isMover(world, who, model, version.stage)) return FORBIDDEN;
  const expected = isAlias || isServing(to) ? passGate({ ...move, world, model, version }, who, override !== null) : OK;
  if (expected.code !== "OK") return expected;
  if (isAlias) {
    setAliasTo(world, model, to.slice(1), version);
    return expected;
  }
  const existing = replaces ? holdersOf(model, to) : [];
  enterStage(world, version, to as PlainVersion["stage"]);
  archive(world, existing);
  return expected;
}

const mayOverride = (who: Who, override: string | null) => override === null || may(who, "policies:override");

export function promote(world: PlainWorld, step: StepOf<"promote">): Expected {
  const { who, to, override, replaces } = step;
  if (!may(who, scopeOf(to)) || !mayOverride(who, override)) return FORBIDDEN;
  if (replaces && !isServing(to)) return { code: "INVALID_INPUT" };
  const found = find(world, step.model, step.number);
  if (!found) return NOT_FOUND;
  if (!may(who, scopeOf(found.version.stage))) return FORBIDDEN;
  if (found.version.stage === to) return CONFLICT;
  return place(world, found.model, found.version, { ...step, isRollback: false });
}

export function setAlias(world: PlainWorld, step: StepOf<"setAlias">): Expected {
  const { who, override, alias } = step;
  if (!may(who, "aliases:write") || !mayOverride(who, override)) return FORBIDDEN;
  const found = find(world, step.model, step.number);
  if (!found) return NOT_FOUND;
  return aliasOnto(world, found.model, found.version, { ...step, to: `@${alias}`, replaces: true, isRollback: false });
}

export function aliasOnto(world: PlainWorld, model: PlainModel, version: PlainVersion, move: Move): Expected {
  return model.aliases.get(move.to.slice(1)) === version ? IDLE : place(world, model, version, move);
}

export function deleteAlias(world: PlainWorld, { who, model: name, alias }: StepOf<"deleteAlias">): Expected {
  if (!may(who, "aliases:write")) return FORBIDDEN;
  const model = world.living(name);
  if (!model?.aliases.has(alias)) return NOT_FOUND;
  if (!isMover(world, who, model, `@${alias}`)) return FORBIDDEN;
  removeAlias(world, model, alias);
  return OK;
}

/** The living version that left a place last, of those that are not there now. */
export function previousOf(model: PlainModel, to: Place): PlainVersion | undefined {
  const here = holdersOf(model, to);
  return model.versions
    .filter((version) => !version.isDeleted && !here.includes(version))
    .flatMap((version) => version.stays.map((stay) => ({ version, ...stay })))
    .filter((stay) => stay.place === to && stay.until !== null)
    .sort((a, b) => (b.until ?? 0) - (a.until ?? 0) || b.order - a.order)[0]?.version;
}

export function rollback(world: PlainWorld, step: StepOf<"rollback">): Expected {
  const { who, to, override } = step;
  if (!may(who, scopeOf(to)) || !mayOverride(who, override)) return FORBIDDEN;
  const model = world.living(step.model);
  if (!model) return NOT_FOUND;
  const version = previousOf(model, to);
  if (!version) return CONFLICT;
  if (!to.startsWith("@") && !may(who, scopeOf(version.stage))) return FORBIDDEN;
  return place(world, model, version, { ...step, replaces: true, isRollback: true });
}

/** Takes versions out of use, as a delete does. Null: nothing is in the way. */
export function release(
  world: PlainWorld,
  { who, force }: { readonly who: Who; readonly force: boolean },
  model: PlainModel,
  versions: readonly PlainVersion[],
): Expected | null {
  const serving = versions.filter(({ stage, isDeleted }) => isServing(stage) && !isDeleted);
  const aliases = [...model.aliases].filter(([, version]) => versions.includes(version)).map(([alias]) => alias);
  if (serving.length + aliases.length === 0) return null;
  if (!force) return { code: "IN_USE" };
  const places: Place[] = [...serving.map(({ stage }) => stage), ...aliases.map((alias): Place => `@${alias}`)];
  if (serving.length > 0 && !may(who, "stages:archived")) return FORBIDDEN;
  if (!places.every((each) => may(who, scopeOf(each)) && isMover(world, who, model, each))) return FORBIDDEN;
  archive(world, serving);
  for (const alias of aliases) removeAlias(world, model, alias);
  return null;
}
