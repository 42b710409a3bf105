import { guardsTarget, type Policy } from "../../domain/governance/policy.js";
import { readPoliciesOfEach } from "../../store/governance/policies.js";
import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { Model } from "../models/model.js";
import { batched, perRequest } from "../request/loaders.js";
import { type PlacedRule, placeRules, ruleFields } from "./policy.js";
import { PolicyMode } from "./rule-enums.js";

const GuardRule = builder.objectRef<PlacedRule>("GuardRule").implement({
  description: "A rule of a policy that guards a model.",
  fields: ruleFields,
});

const ModelGuard = builder.objectRef<Policy>("ModelGuard").implement({
  description: "A policy that guards stages and aliases of a model now.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "The name of the policy." }),
    revision: t.exposeInt("revision", { description: "The revision of the policy." }),
    mode: t.field({
      type: PolicyMode,
      description: "ENFORCE refuses promotions that do not meet the rules, EVALUATE records them only.",
      resolve: ({ mode }) => mode,
    }),
    stages: t.field({
      type: [Stage],
      description: "The stages that the policy guards.",
      resolve: ({ definition }) => [...definition.target.stages],
    }),
    aliases: t.stringList({
      description: "The aliases that the policy guards, as names or globs.",
      resolve: ({ definition }) => [...definition.target.aliases],
    }),
    rules: t.field({
      type: [GuardRule],
      description: "What a promotion must meet. All rules must hold.",
      resolve: ({ definition }) => placeRules(definition),
    }),
  }),
});

/** One statement for all models of a page. */
const guardsOf = perRequest((db) =>
  batched(async (modelIds: readonly string[]) => {
    const guards = await readPoliciesOfEach(db, modelIds);
    return modelIds.map((id) => guards.get(id) ?? []);
  }),
);

builder.prismaObjectField(Model, "guards", (t) =>
  t.field({
    type: [ModelGuard],
    description:
      "The policies in force that select the model now, by name, with what each guards and requires. A token with a `models` claim reads them too, for the models that the claim names; it sees no `Policy`, since those name other models.",
    args: { stage: t.arg({ type: Stage, description: "Only policies that guard this stage." }) },
    select: { id: true },
    resolve: async ({ id }, { stage }, context) => {
      const guards = await guardsOf(context).load(id);
      return stage ? guards.filter((policy) => guardsTarget(policy, { stage })) : [...guards];
    },
  }),
);
