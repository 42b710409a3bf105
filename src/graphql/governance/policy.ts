import { creatorOf } from "../../domain/access/actor.js";
import { requirementOf } from "../../domain/governance/decide.js";
import { isProtected, type PolicyDefinition } from "../../domain/governance/policy.js";
import { policyAsInput, ruleAsInput } from "../../domain/governance/policy-as-input.js";
import type { Rule } from "../../domain/governance/rule.js";
import { visiblePolicy } from "../../store/access/visibility.js";
import { Actor, CREATED_BY } from "../kit/actor.js";
import { builder } from "../kit/builder.js";
import { encodeId, Node } from "../kit/ids.js";
import { readPage } from "../kit/lists.js";
import { pageTypes } from "../kit/page-types.js";
import { byColumn } from "../kit/paging.js";
import { selectRow } from "../kit/row-selection.js";
import { PolicyMode, RuleKind } from "./rule-enums.js";

export interface PlacedRule {
  readonly position: number;
  readonly rule: Rule;
}

export function placeRules({ rules }: PolicyDefinition): PlacedRule[] {
  return rules.map((rule, index) => ({ position: index + 1, rule }));
}

type PlacedRuleFields = Parameters<
  NonNullable<Parameters<ReturnType<typeof builder.objectRef<PlacedRule>>["implement"]>[0]["fields"]>
>[0];

/** What is shown of a rule, whoever asks. */
export const ruleFields = (t: PlacedRuleFields) => ({
  position: t.exposeInt("position", { description: "The place of the rule in its policy, from 1." }),
  kind: t.field({ type: RuleKind, description: "The kind of the rule.", resolve: ({ rule }) => rule.kind }),
  requirement: t.string({
    description: "What the rule requires, as a sentence.",
    resolve: ({ rule }) => requirementOf(rule),
  }),
});

const PolicyRule = builder.objectRef<PlacedRule>("PolicyRule").implement({
  description: "A rule of a policy: what must hold before a version is promoted.",
  fields: (t) => ({
    ...ruleFields(t),
    definition: t.field({
      type: "JSON",
      description: "The rule as `PolicyRuleInput` takes it.",
      resolve: ({ rule }) => ruleAsInput(rule),
    }),
  }),
});

/** The definition of a row. Only commands write the column, after they checked it. */
export function definitionOf({ definition }: { readonly definition: unknown }): PolicyDefinition {
  return definition as PolicyDefinition;
}

export const Policy = builder.prismaObject("Policy", {
  description:
    "What must hold before a version is promoted to a stage or an alias, and what is protected while it is there. All policies that select a model and guard a target hold together.",
  select: { id: true },
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: "The policy's global id.", resolve: ({ id }) => encodeId("Policy", id) }),
    name: t.exposeString("name"),
    revision: t.exposeInt("revision"),
    mode: t.expose("mode", { type: PolicyMode }),
    protected: t.boolean({
      description: "Whether changes of the policy, and its deletion, wait for a second person.",
      select: { definition: true },
      resolve: (row) => isProtected({ definition: definitionOf(row) }),
    }),
    rules: t.field({
      type: [PolicyRule],
      description: "The rules. All of them must hold.",
      select: { definition: true },
      resolve: (row) => placeRules(definitionOf(row)),
    }),
    definition: t.field({
      type: "JSON",
      description: "The whole policy as `applyPolicy` takes it. Applied again, it changes nothing.",
      select: { name: true, mode: true, definition: true },
      resolve: ({ name, mode, ...row }) => policyAsInput({ name, mode, definition: definitionOf(row) }),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime" }),
    createdBy: t.field({
      type: Actor,
      description: "Who applied the policy for the first time.",
      select: CREATED_BY,
      resolve: creatorOf,
    }),
    updatedAt: t.expose("updatedAt", { type: "DateTime" }),
    updatedBy: t.field({
      type: Actor,
      description: "Who changed the policy last.",
      select: { updatedByIssuer: true, updatedBySubject: true, updatedByName: true, updatedByKind: true },
      resolve: (row) => ({
        issuer: row.updatedByIssuer,
        subject: row.updatedBySubject,
        name: row.updatedByName,
        kind: row.updatedByKind,
      }),
    }),
  }),
});

const NARROWED =
  "A token with a `models` claim sees none, since policies name models: `previewPromotion` tells it the rules.";
const pages = pageTypes(Policy, { one: "a policy", many: "policies" });

builder.queryFields((t) => ({
  policy: t.field({
    type: Policy,
    nullable: true,
    description: `The policy with this name; null if there is none or the viewer may not see it. ${NARROWED}`,
    args: { name: t.arg.string({ required: true, description: "The name." }) },
    resolve: (_root, { name }, context, info) =>
      context.db.policy.findFirst({
        ...selectRow({ context, info }, "Policy"),
        where: { AND: [{ name }, visiblePolicy(context.viewer)] },
      }),
  }),
  policies: t.connection(
    {
      type: Policy,
      description: `The policies, by name. ${NARROWED}`,
      resolve: (_root, args, context, info) =>
        readPage(
          context.db.policy,
          { args, context, info },
          {
            typeName: "Policy",
            list: { name: "policies", where: null },
            order: { columns: byColumn("name", "text"), direction: "asc" },
            where: visiblePolicy(context.viewer),
          },
        ),
    },
    ...pages,
  ),
}));
