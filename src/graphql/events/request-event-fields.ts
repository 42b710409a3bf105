import type { RuleResult as Result } from "../../domain/governance/decision.js";
import { REQUEST_STATUSES } from "../../domain/governance/request.js";
import type { Event } from "../../store/generated/client.js";
import { RuleResult } from "../governance/rule-result.js";
import { builder } from "../kit/builder.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { PromotionRequest, PromotionRequestStatus } from "../promotions/request.js";
import { aboutVersion, type EventFieldBuilder, namedText } from "./event-fields.js";
import { eventTypeName, eventTypeOf, RegistryEvent, snapshotsOf, wordOf } from "./registry-event.js";

/** The interface of all events about requests, so that a watcher follows a request with one fragment. */
export const PromotionRequestEvent = builder.interfaceRef<Event>("PromotionRequestEvent").implement({
  description: "Something happened to a request to promote a version.",
  interfaces: [RegistryEvent],
  resolveType: (event) => eventTypeName(eventTypeOf(event)),
  fields: (t) => ({
    modelName: t.string({ description: "The model's name at the time.", resolve: ({ modelName }) => modelName ?? "" }),
    versionNumber: t.int({ description: "The version's number.", resolve: ({ versionNumber }) => versionNumber ?? 0 }),
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
  }),
});

export const requestChanged = (t: EventFieldBuilder) => ({
  ...aboutVersion(t),
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
  ...aboutVersion(t),
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
  ...aboutVersion(t),
  names: t.stringList({
    description: "The names of the checks that the promotion lacks.",
    resolve: (event, _args, { viewer }) => textsOf(snapshotsOf(event, viewer).after?.names),
  }),
});

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}
