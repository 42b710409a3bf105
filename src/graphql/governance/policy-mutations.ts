import type { RuleInput } from "../../domain/governance/parse-rule.js";
import { policyAsInput } from "../../domain/governance/policy-as-input.js";
import { applyPolicy, type PolicyApplied } from "../../registry/governance/apply-policy.js";
import { deletePolicy, type PolicyDeleted } from "../../registry/governance/delete-policy.js";
import { builder } from "../kit/builder.js";
import { encodeId } from "../kit/ids.js";
import { visibleRow } from "../kit/visible-rows.js";
import { Policy } from "./policy.js";
import { PolicyProtectionInput, PolicySelectorInput, PolicyTargetInput } from "./policy-input.js";
import { PolicyMode } from "./rule-enums.js";
import { PolicyRuleInput } from "./rule-inputs.js";

export const ApplyPolicyPayload = builder.objectRef<PolicyApplied>("ApplyPolicyPayload").implement({
  description:
    "The policy, and what it was before. A protected policy is not changed: the change waits in `changeRequest`.",
  fields: (t) => ({
    policy: t.field({
      type: Policy,
      nullable: true,
      description: "The policy as it is now; null after a dry run of a new one.",
      resolve: visibleRow("Policy", ({ policy }) => policy.id),
    }),
    changed: t.exposeBoolean("changed", {
      description:
        "Whether anything changed, or after a dry run, whether it would. False if the policy is protected: then nothing changes until a second person approves, see `needsApproval`.",
    }),
    needsApproval: t.exposeBoolean("needsApproval", {
      description:
        "Whether the policy is protected and the change waits for a second person, or after a dry run, whether it would.",
    }),
    revision: t.int({
      description:
        "The revision of the policy, or after a dry run, the one that it would have. Of a change that waits: the one that the policy has.",
      resolve: ({ policy }) => policy.revision,
    }),
    definition: t.field({
      type: "JSON",
      description:
        "The whole policy as it was checked, with its defaults. Of a change that waits: the policy that is proposed.",
      resolve: ({ policy }) => policyAsInput(policy),
    }),
    previousDefinition: t.field({
      type: "JSON",
      nullable: true,
      description: "What was applied before, and still is if the change waits; null if the policy is new.",
      resolve: ({ previous }) => previous && policyAsInput(previous),
    }),
  }),
});

export const DeletePolicyPayload = builder.objectRef<PolicyDeleted>("DeletePolicyPayload").implement({
  description: "What was deleted. A protected policy is not: its deletion waits in `changeRequest`.",
  fields: (t) => ({
    deletedId: t.id({
      nullable: true,
      description:
        "The global id of the deleted policy. Applied again under its name, the policy keeps it. Null if nothing was deleted, since the policy is protected and its deletion waits.",
      resolve: ({ deletedId }) => deletedId && encodeId("Policy", deletedId),
    }),
  }),
});

const CHANGE_REASON =
  "Why, for whoever approves the change of a protected policy, and for readers of the event. At most 5 000 characters.";
const EXPECTED_REVISION = "Otherwise `CONFLICT`. If absent, nothing is checked.";

builder.mutationFields((t) => ({
  applyPolicy: t.fieldWithInput({
    type: ApplyPolicyPayload,
    description:
      "Creates a policy, or replaces it whole: what is absent gets its default. Promotions that are under way end first, and those that commit later obey it. A policy that can never be met is `INVALID_INPUT`; one that allows a stage one holder where there are several is `CONFLICT` with the list. A change of a protected policy changes nothing: it opens a `PolicyChangeRequest`, which a second person approves; the same change by the same person again returns the open request, and any other is `ALREADY_EXISTS`. Requires `policies:write` and a token without a `models` claim.",
    input: {
      name: t.input.string({ required: true, description: "The name, at most 256 characters." }),
      expectedRevision: t.input.int({
        description: `The revision that the policy must have now, or null if there must be none. ${EXPECTED_REVISION}`,
      }),
      mode: t.input.field({ type: PolicyMode, defaultValue: "ENFORCE", description: "What the policy does." }),
      selector: t.input.field({ type: PolicySelectorInput, description: "Which models. Default: all." }),
      target: t.input.field({ type: PolicyTargetInput, required: true, description: "Which stages and aliases." }),
      rules: t.input.field({ type: [PolicyRuleInput], description: "What must hold: at most 100 rules." }),
      protection: t.input.field({ type: PolicyProtectionInput, description: "What is protected." }),
      protected: t.input.boolean({
        defaultValue: false,
        description:
          "Whether every later change of the policy, of its mode too, and its deletion wait for a second person. To protect a policy takes effect at once.",
      }),
      reason: t.input.string({ description: CHANGE_REASON }),
      dryRun: t.input.boolean({
        defaultValue: false,
        description: "Whether only to check the policy and to compare it with the applied one. Nothing is written.",
      }),
    },
    resolve: (_root, { input }, { commands }) =>
      applyPolicy(commands, { ...input, rules: input.rules as readonly RuleInput[] | null | undefined }),
  }),
  deletePolicy: t.fieldWithInput({
    type: DeletePolicyPayload,
    description:
      "Deletes a policy. The deletion of a protected policy opens a `PolicyChangeRequest` instead, which a second person approves. A deleted policy guards nothing any more, and applied again under its name it is a new one. Requires `policies:write` and a token without a `models` claim.",
    input: {
      name: t.input.string({ required: true, description: "The name." }),
      expectedRevision: t.input.int({
        description: `The revision that the policy must have now. ${EXPECTED_REVISION}`,
      }),
      reason: t.input.string({ description: CHANGE_REASON }),
    },
    resolve: (_root, { input }, { commands }) => deletePolicy(commands, input),
  }),
}));
