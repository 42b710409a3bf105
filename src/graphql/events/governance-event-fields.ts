import type { Actor as ActorOfEvent } from "../../domain/access/actor.js";
import { CHECK_STATUSES } from "../../domain/governance/check.js";
import type { RuleResult as Result } from "../../domain/governance/decision.js";
import { type PolicyMode as Mode, POLICY_MODES, type PolicyDefinition } from "../../domain/governance/policy.js";
import { policyAsInput } from "../../domain/governance/policy-as-input.js";
import { CHANGE_KINDS, CHANGE_STATUSES } from "../../domain/policy-changes/change-request.js";
import type { JsonObject } from "../../domain/values/json.js";
import type { Event } from "../../store/generated/client.js";
import { Check } from "../governance/check.js";
import { PromotionDecision } from "../governance/decision.js";
import { Policy } from "../governance/policy.js";
import { CheckStatus, PolicyMode } from "../governance/rule-enums.js";
import { RuleResult } from "../governance/rule-result.js";
import { Actor } from "../kit/actor.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { PolicyChangeKind, PolicyChangeRequest, PolicyChangeStatus } from "../policy-changes/policy-change-request.js";
import { parseBody } from "./event-body.js";
import { aboutVersion, type EventFieldBuilder, namedText } from "./event-fields.js";
import { numberOf, snapshotsOf, textOf, wordOf } from "./registry-event.js";

/** Of the event of a promotion: the decision has the id of its event. */
export const decisionField = (t: EventFieldBuilder) =>
  t.field({
    type: PromotionDecision,
    nullable: true,
    description:
      "What policies said; null if none guarded what the version moved to, or the viewer may no longer see the model.",
    resolve: visibleRow("PromotionDecision", ({ id }) => id),
  });

export const checkReport = (t: EventFieldBuilder) => ({
  ...aboutVersion(t),
  name: namedText(t, "name", "The name of the check."),
  status: t.field({
    type: CheckStatus,
    nullable: true,
    description: "The result.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "status", CHECK_STATUSES),
  }),
  summary: namedText(t, "summary", "The result in words."),
  url: namedText(t, "url", "Where the details are."),
  check: t.field({
    type: Check,
    nullable: true,
    description: "The check; null if the viewer may no longer see the version.",
    resolve: visibleRow("Check", ({ subjectId }) => subjectId),
  }),
});

const aboutOverride = (t: EventFieldBuilder) => ({
  ...aboutVersion(t),
  stage: t.field({
    type: Stage,
    nullable: true,
    description: "The stage that the version was promoted to; null if that was an alias.",
    resolve: ({ toStage }) => toStage,
  }),
  alias: t.string({
    nullable: true,
    description: "The alias that the version was promoted to; null if that was a stage.",
    resolve: ({ alias }) => alias,
  }),
  reason: namedText(t, "reason", "Why the policies were overridden."),
  decision: t.field({
    type: PromotionDecision,
    nullable: true,
    description: "The whole decision; null if the viewer may no longer see the model.",
    resolve: visibleRow("PromotionDecision", ({ subjectId }) => subjectId),
  }),
});

export const promotionOverride = (t: EventFieldBuilder) => ({
  ...aboutOverride(t),
  rules: t.field({
    type: [RuleResult],
    description: "The rules that were not met.",
    resolve: (event, _args, { viewer }) =>
      (snapshotsOf(event, viewer).after?.rules ?? []) as unknown as readonly Result[],
  }),
});

export const overrideAcknowledged = (t: EventFieldBuilder) => ({
  ...aboutOverride(t),
  comment: namedText(t, "comment", "What the reviewer wrote."),
});

const PROPOSED = "null unless the policy was protected";

const aboutPolicy = (t: EventFieldBuilder) => ({
  name: t.string({
    description: "The name of the policy.",
    resolve: (event, _args, { viewer }) => {
      const { before, after } = snapshotsOf(event, viewer);
      return textOf(after, "name") ?? textOf(before, "name") ?? "";
    },
  }),
  policy: t.field({
    type: Policy,
    nullable: true,
    description: "The policy as it is now; null if it was deleted or the viewer may not see it.",
    resolve: visibleRow("Policy", ({ subjectId }) => subjectId),
  }),
  reason: namedText(t, "reason", "The reason that was given."),
  changeRequest: t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description: `The request that a second person, the actor, approved; ${PROPOSED}.`,
    resolve: visibleRow("PolicyChangeRequest", (event: Event) => textOf(parseBody(event).after, "changeRequest")),
  }),
  proposedBy: t.field({
    type: Actor,
    nullable: true,
    description: `Who proposed the change; ${PROPOSED}.`,
    resolve: (event, _args, { viewer }) => actorOf(snapshotsOf(event, viewer).after),
  }),
  previousRevision: t.int({
    nullable: true,
    description: "The revision before; null if the policy was new.",
    resolve: (event, _args, { viewer }) => numberOf(snapshotsOf(event, viewer).before, "revision"),
  }),
  previousDefinition: t.field({
    type: "JSON",
    nullable: true,
    description: "The policy before, as `applyPolicy` takes it; null if it was new.",
    resolve: (event, _args, { viewer }) => {
      const { before, after } = snapshotsOf(event, viewer);
      return definitionOf(before, textOf(after, "name") ?? textOf(before, "name"));
    },
  }),
});

export const policyApplied = (t: EventFieldBuilder) => ({
  ...aboutPolicy(t),
  policyRevision: t.int({
    nullable: true,
    description: "The revision of the policy.",
    resolve: (event, _args, { viewer }) => numberOf(snapshotsOf(event, viewer).after, "revision"),
  }),
  mode: t.field({
    type: PolicyMode,
    nullable: true,
    description: "The mode of the policy.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "mode", POLICY_MODES),
  }),
  definition: t.field({
    type: "JSON",
    nullable: true,
    description: "The policy as `applyPolicy` takes it.",
    resolve: (event, _args, { viewer }) => {
      const { after } = snapshotsOf(event, viewer);
      return definitionOf(after, textOf(after, "name"));
    },
  }),
});

export const policyDeleted = aboutPolicy;

const aboutPolicyChange = (t: EventFieldBuilder) => ({
  name: namedText(t, "name", "The name of the policy."),
  request: t.field({
    type: PolicyChangeRequest,
    nullable: true,
    description: "The request as it is now; null if the viewer may not see policies.",
    resolve: visibleRow("PolicyChangeRequest", ({ subjectId }) => subjectId),
  }),
  status: t.field({
    type: PolicyChangeStatus,
    nullable: true,
    description: "The status of the request after the event.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "status", CHANGE_STATUSES),
  }),
});

export const policyChange = aboutPolicyChange;

export const policyChangeRequested = (t: EventFieldBuilder) => ({
  ...aboutPolicyChange(t),
  kind: t.field({
    type: PolicyChangeKind,
    nullable: true,
    description: "Whether the policy is to be changed or deleted.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "kind", CHANGE_KINDS),
  }),
  proposal: t.field({
    type: "JSON",
    nullable: true,
    description: "The policy that is proposed, as `applyPolicy` takes it; null if it is to be deleted.",
    resolve: (event, _args, { viewer }) => {
      const { after } = snapshotsOf(event, viewer);
      return definitionOf(after, textOf(after, "name"));
    },
  }),
  expectedRevision: t.int({
    nullable: true,
    description: "The revision of the policy that it was proposed against.",
    resolve: (event, _args, { viewer }) => numberOf(snapshotsOf(event, viewer).after, "expectedRevision"),
  }),
  reason: namedText(t, "reason", "The reason that the requester gave."),
});

export const policyChangeClosed = (t: EventFieldBuilder) => ({
  ...aboutPolicyChange(t),
  comment: namedText(t, "comment", "What the reviewer wrote."),
});

function actorOf(snapshot: JsonObject | null): ActorOfEvent | null {
  return (snapshot?.proposedBy ?? null) as ActorOfEvent | null;
}

function definitionOf(snapshot: JsonObject | null, name: string | null): JsonObject | null {
  if (!snapshot || name === null) return null;
  const { mode, definition } = snapshot as { readonly mode?: Mode; readonly definition?: PolicyDefinition };
  return mode && definition ? policyAsInput({ name, mode, definition }) : null;
}
