import type { PolicyInput } from "../../../src/domain/governance/parse-policy.js";
import { may } from "./actors.js";
import {
  CONFLICT,
  changesSelection,
  EXISTS,
  type Expected,
  FORBIDDEN,
  IDLE,
  isFrozen,
  mayTag,
  NOT_FOUND,
  NOT_MET,
  OK,
} from "./plain-gate.js";
import * as lives from "./plain-lives.js";
import * as moves from "./plain-moves.js";
import { newModel, newVersion, write } from "./plain-nouns.js";
import type { PlainWorld } from "./plain-world.js";
import type { Step, StepOf } from "./steps.js";

const { find } = moves;

function canBeMet({ target, rules = [] }: PolicyInput): boolean {
  const { stages = [], aliases = [] } = target as { stages?: string[]; aliases?: string[] };
  const only = stages.length + aliases.length === 1 ? (stages[0] ?? aliases[0]) : null;
  return (rules ?? []).every(({ previous, singleHolder }) => {
    if (singleHolder) return stages.length > 0;
    return !previous || previous.held === "EVER" || (previous.stage ?? previous.alias) !== only;
  });
}

/** Each returns what a call must end with, and does what the call does. A policy that is applied is kept by the caller. */
export const EXPECT: {
  readonly [K in Step["do"]]: (world: PlainWorld, step: StepOf<K>, given?: PolicyInput) => Expected;
} = {
  ...moves,
  ...lives,
  apply(world, { who }, given) {
    if (!may(who, "policies:write")) return FORBIDDEN;
    if (!given || !canBeMet(given)) return { code: "INVALID_INPUT" };
    const before = world.policies.get(given.name);
    world.policies.set(given.name, { name: given.name, revision: 0, input: given });
    const isRefused = world.models.some((model) => world.isShared(model));
    if (before) world.policies.set(given.name, before);
    else world.policies.delete(given.name);
    return isRefused ? CONFLICT : OK;
  },
  deletePolicy(world, { who, policy }) {
    if (!may(who, "policies:write")) return FORBIDDEN;
    if (!world.policies.delete(policy)) return NOT_FOUND;
    world.revisions.set(policy, (world.revisions.get(policy) ?? 0) + 1);
    return OK;
  },
  tagModel(world, step) {
    const { who, key, value } = step;
    if (!may(who, "models:write")) return FORBIDDEN;
    const model = world.living(step.model);
    if (!model) return NOT_FOUND;
    if (!mayTag(world, who, model, { key, isModel: true })) return FORBIDDEN;
    if (isFrozen(world, model, model.versions, "freezeTags")) return NOT_MET;
    const before = model.tags.get(key);
    if (value === null && !before) return NOT_FOUND;
    write(model.tags, step);
    if (!world.isShared(model)) return OK;
    model.tags.delete(key);
    if (before) model.tags.set(key, before);
    return CONFLICT;
  },
  tagVersion(world, step) {
    const { who, key, value } = step;
    if (!may(who, "models:write")) return FORBIDDEN;
    const found = find(world, step.model, step.number);
    if (!found) return NOT_FOUND;
    if (!mayTag(world, who, found.model, { key, isModel: false })) return FORBIDDEN;
    if (isFrozen(world, found.model, [found.version], "freezeTags")) return NOT_MET;
    if (value === null && !found.version.tags.has(key)) return NOT_FOUND;
    write(found.version.tags, step);
    return OK;
  },
  rename(world, { who, model: from, name }) {
    if (!may(who, "models:write")) return FORBIDDEN;
    const model = world.living(from);
    if (!model) return NOT_FOUND;
    if (name === from) return IDLE;
    if (changesSelection(world, model, { name, tags: model.tags }) && !may(who, "policies:write")) return FORBIDDEN;
    if (world.living(name)) return EXISTS;
    model.name = name;
    if (!world.isShared(model)) return OK;
    model.name = from;
    return CONFLICT;
  },
  registerModel(world, { who, model: name, tags }) {
    if (!may(who, "models:write")) return FORBIDDEN;
    const bare = newModel(name);
    const told = newModel(name);
    for (const { key, value } of tags) told.tags.set(key, { value, by: who });
    if (!tags.every(({ key }) => mayTag(world, who, bare, { key, isModel: false }))) return FORBIDDEN;
    if (changesSelection(world, bare, told) && !may(who, "policies:write")) return FORBIDDEN;
    if (world.living(name)) return EXISTS;
    world.models.push(told);
    return OK;
  },
  create(world, { who, model: name, tags, aliases }) {
    if (!may(who, "models:write") || (aliases.length > 0 && !may(who, "aliases:write"))) return FORBIDDEN;
    const model = world.living(name) ?? newModel(name);
    if (!tags.every(({ key }) => mayTag(world, who, model, { key, isModel: false }))) return FORBIDDEN;
    const version = newVersion(world, model, null, ["DIGEST"]);
    for (const { key, value } of tags) version.tags.set(key, { value, by: who });
    for (const alias of aliases) {
      const move = { who, to: `@${alias}`, reason: null, override: null, replaces: true, isRollback: false } as const;
      const expected = moves.aliasOnto(world, model, version, move);
      if (expected.code === "OK") continue;
      model.versions.pop();
      return expected;
    }
    if (!world.models.includes(model)) world.models.push(model);
    return OK;
  },
};
