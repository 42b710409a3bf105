import type { RuleResult as Result } from "../../domain/governance/decision.js";
import { REQUEST_STATUSES } from "../../domain/governance/request.js";
import { RuleResult } from "../governance/rule-result.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { PromotionRequest, PromotionRequestStatus } from "../promotions/request.js";
import { aboutVersion, type EventFieldBuilder, namedText } from "./event-fields.js";
import { snapshotsOf, wordOf } from "./registry-event.js";

/** Fields of all events about a request. */
export const aboutRequest = (t: EventFieldBuilder) => ({
  ...aboutVersion(t),
  stage: t.field({
    type: Stage,
    nullable: true,
    description: "The stage to promote to; null for an alias.",
    resolve: ({ toStage }) => toStage,
  }),
  alias: t.string({
    nullable: true,
    description: "The alias to promote to; null for a stage.",
    resolve: ({ alias }) => alias,
  }),
  request: t.field({
    type: PromotionRequest,
    nullable: true,
    description: "The request as it is now; null if the viewer may no longer see the model.",
    resolve: visibleRow("PromotionRequest", ({ subjectId }) => subjectId),
  }),
});

export const requestChanged = (t: EventFieldBuilder) => ({
  ...aboutRequest(t),
  status: t.field({
    type: PromotionRequestStatus,
    nullable: true,
    description: "The status of the request after the event.",
    resolve: (event, _args, { viewer }) => wordOf(snapshotsOf(event, viewer).after, "status", REQUEST_STATUSES),
  }),
});

export const requestReviewed = (t: EventFieldBuilder) => ({
  ...requestChanged(t),
  comment: namedText(t, "comment", "What the reviewer wrote."),
  rules: t.field({
    type: [RuleResult],
    description: "What each rule said when it was reviewed.",
    resolve: (event, _args, { viewer }) =>
      (snapshotsOf(event, viewer).after?.rules ?? []) as unknown as readonly Result[],
  }),
});

export const requestCommented = (t: EventFieldBuilder) => ({
  ...aboutRequest(t),
  comment: namedText(t, "comment", "The comment, in Markdown."),
});

export const requestOutdated = (t: EventFieldBuilder) => ({
  ...requestChanged(t),
  staleReasons: t.stringList({
    description: "What changed, as sentences.",
    resolve: (event, _args, { viewer }) => textsOf(snapshotsOf(event, viewer).after?.staleReasons),
  }),
});

export const checksRequested = (t: EventFieldBuilder) => ({
  ...aboutRequest(t),
  names: t.stringList({
    description: "The names of the checks that the promotion lacks.",
    resolve: (event, _args, { viewer }) => textsOf(snapshotsOf(event, viewer).after?.names),
  }),
});

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}
