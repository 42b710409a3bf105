import { may } from "./actors.js";
import {
  CONFLICT,
  changesSelection,
  EXISTS,
  type Expected,
  FORBIDDEN,
  IDLE,
  isFrozen,
  NOT_FOUND,
  NOT_MET,
  OK,
} from "./plain-gate.js";
import { find, release } from "./plain-moves.js";
import type { PlainWorld } from "./plain-world.js";
import type { StepOf } from "./steps.js";

export function report(world: PlainWorld, { who, model, number, status, expires }: StepOf<"report">): Expected {
  if (!may(who, "checks:write")) return FORBIDDEN;
  const found = find(world, model, number);
  const { at } = world;
  found?.version.checks.push({ status, at, expires: expires === null ? null : at + expires * 1_000, by: who });
  return found ? OK : NOT_FOUND;
}

export function log(world: PlainWorld, { who, model, number, value }: StepOf<"log">): Expected {
  if (!may(who, "runs:write")) return FORBIDDEN;
  const run = find(world, model, number)?.version.run;
  if (!run) return NOT_FOUND;
  if (run.status !== "RUNNING") return CONFLICT;
  run.auc = { value, by: who };
  run.step++;
  return OK;
}

export function describe(world: PlainWorld, { who, model, number, text }: StepOf<"describe">): Expected {
  if (!may(who, "models:write")) return FORBIDDEN;
  const found = find(world, model, number);
  if (!found) return NOT_FOUND;
  if (found.version.description === text) return IDLE;
  if (isFrozen(world, found.model, [found.version], "freezeDescription")) return NOT_MET;
  found.version.description = text;
  return OK;
}

export function deleteVersion(world: PlainWorld, step: StepOf<"deleteVersion">): Expected {
  if (!may(step.who, "models:delete")) return FORBIDDEN;
  const found = find(world, step.model, step.number);
  if (!found) return NOT_FOUND;
  const refused = release(world, step, found.model, [found.version]);
  if (refused) return refused;
  world.leave(found.version, found.version.stage);
  found.version.isDeleted = true;
  return OK;
}

export function restoreVersion(world: PlainWorld, { who, model: name, number }: StepOf<"restoreVersion">): Expected {
  if (!may(who, "models:delete")) return FORBIDDEN;
  const version = world.living(name)?.versions.find((each) => each.number === number);
  if (!version) return NOT_FOUND;
  if (!version.isDeleted) return CONFLICT;
  version.isDeleted = false;
  version.entry = world.next();
  world.enter(version, version.stage);
  return OK;
}

export function deleteModel(world: PlainWorld, step: StepOf<"deleteModel">): Expected {
  if (!may(step.who, "models:delete")) return FORBIDDEN;
  const model = world.living(step.model);
  if (!model) return NOT_FOUND;
  const refused = release(world, step, model, model.versions);
  if (!refused) model.isDeleted = true;
  return refused ?? OK;
}

export function restoreModel(world: PlainWorld, { who, name: wanted }: StepOf<"restoreModel">): Expected {
  if (!may(who, "models:delete")) return FORBIDDEN;
  const model = world.models.find(({ isDeleted }) => isDeleted);
  if (!model) return NOT_FOUND;
  const name = wanted ?? model.name;
  const isChanged = changesSelection(world, model, { name, tags: model.tags });
  if (isChanged && !may(who, "policies:write")) return FORBIDDEN;
  if (world.living(name)) return EXISTS;
  Object.assign(model, { name, isDeleted: false });
  return OK;
}
