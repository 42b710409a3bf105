import { type RolledBack, rollback } from "../../registry/versions/rollback.js";
import { builder } from "../kit/builder.js";
import { IDEMPOTENCY_KEY, PromotionOverrideInput, REASON } from "../kit/mutations.js";
import { visibleRow } from "../kit/visible-rows.js";
import { ModelRef, toModelRef } from "../models/model-ref.js";
import { AliasTransition } from "../versions/alias-transition.js";
import { ModelVersion } from "../versions/model-version.js";
import { StageTransition } from "../versions/stage-transition.js";
import { PromotionTarget, toTarget } from "./target.js";

const RollbackPayload = builder.objectRef<RolledBack>("RollbackPayload").implement({
  description: "The result of a rollback. For a repeated idempotency key, the result of the first request.",
  fields: (t) => ({
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version that was put back, as it is now.",
      resolve: visibleRow("ModelVersion", ({ versionId }) => versionId),
    }),
    transition: t.field({
      type: StageTransition,
      nullable: true,
      description: "The recorded move to the stage; null for an alias.",
      resolve: visibleRow("StageTransition", ({ isStage, transitionId }) => (isStage ? transitionId : null)),
    }),
    aliasTransition: t.field({
      type: AliasTransition,
      nullable: true,
      description: "The recorded move of the alias; null for a stage.",
      resolve: visibleRow("AliasTransition", ({ isStage, transitionId }) => (isStage ? null : transitionId)),
    }),
  }),
});

builder.mutationField("rollback", (t) =>
  t.fieldWithInput({
    type: RollbackPayload,
    description:
      "Puts the version back that held a stage or an alias last, in one transaction: what holds the stage now moves to ARCHIVED, an alias moves. Versions that are deleted or not READY are passed over. A rollback of a rollback undoes it. Rules that have `onRollback: SKIP` are not asked: by default those that ask where a version was, and those that compare it with the holder. Requires the scopes of the move. `POLICY_NOT_MET` with the list of rules if policies are not met.",
    input: {
      model: t.input.field({ type: ModelRef, required: true, description: "Which model." }),
      target: t.input.field({
        type: PromotionTarget,
        required: true,
        description: "STAGING, PRODUCTION or an alias.",
      }),
      expectedHolder: t.input.int({
        description:
          "The number of the version that must hold the target now, or null if none may; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
      reason: t.input.string({ description: REASON }),
      override: t.input.field({ type: PromotionOverrideInput, description: "Goes past policies that are not met." }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      rollback(commands, {
        ...input,
        model: toModelRef("input.model", input.model),
        target: toTarget("input.target", input.target),
      }),
  }),
);
