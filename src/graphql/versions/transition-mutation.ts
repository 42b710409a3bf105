import type { Transitioned } from "../../registry/versions/move-version.js";
import { transitionModelVersion } from "../../registry/versions/transition-model-version.js";
import { visibleVersion } from "../../store/access/visibility.js";
import { builder } from "../kit/builder.js";
import { IDEMPOTENCY_KEY, PromotionOverrideInput, REASON } from "../kit/mutations.js";
import { Stage } from "../kit/stage.js";
import { visibleRow } from "../kit/visible-rows.js";
import { ModelVersion } from "./model-version.js";
import { ModelVersionRef, toVersionRef } from "./model-version-ref.js";
import { StageTransition } from "./stage-transition.js";

const TransitionModelVersionPayload = builder.objectRef<Transitioned>("TransitionModelVersionPayload").implement({
  description: "The result of the move. For a repeated idempotency key, the result of the first request.",
  fields: (t) => ({
    modelVersion: t.field({
      type: ModelVersion,
      nullable: true,
      description: "The version as it is now.",
      resolve: visibleRow("ModelVersion", ({ versionId }) => versionId),
    }),
    transition: t.field({
      type: StageTransition,
      nullable: true,
      description: "The recorded move.",
      resolve: visibleRow("StageTransition", ({ transitionId }) => transitionId),
    }),
    archived: t.prismaField({
      type: [ModelVersion],
      nullable: true,
      description: "The versions that `archiveExisting` moved to ARCHIVED, ordered by number.",
      resolve: (query, { archivedIds }, _args, { db, viewer }) =>
        db.modelVersion.findMany({
          ...query,
          where: { AND: [{ id: { in: [...archivedIds] } }, visibleVersion(viewer)] },
          orderBy: { number: "asc" },
        }),
    }),
  }),
});

builder.mutationField("transitionModelVersion", (t) =>
  t.fieldWithInput({
    type: TransitionModelVersionPayload,
    description:
      "Moves a version to another stage. Requires the scopes of both the stage that the version leaves and the stage that it enters: `models:write` for NONE, `stages:staging`, `stages:production`, `stages:archived`. Only READY versions may enter STAGING or PRODUCTION. `POLICY_NOT_MET` with the list of rules if policies guard the stage and are not met.",
    input: {
      version: t.input.field({ type: ModelVersionRef, required: true, description: "Which version." }),
      to: t.input.field({ type: Stage, required: true, description: "The stage to enter." }),
      expectedStage: t.input.field({
        type: Stage,
        description: "The stage that the version must be in now; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
      expectedHolder: t.input.int({
        description:
          "The number of the version that must be the current holder of the target stage, or null if the stage must be empty; otherwise `CONFLICT`. If absent, nothing is checked.",
      }),
      archiveExisting: t.input.boolean({
        defaultValue: false,
        description:
          "Whether to move the other versions in the target stage (STAGING or PRODUCTION) to ARCHIVED in the same transaction.",
      }),
      reason: t.input.string({ description: REASON }),
      override: t.input.field({ type: PromotionOverrideInput, description: "Goes past policies that are not met." }),
      idempotencyKey: t.input.string({ description: IDEMPOTENCY_KEY }),
    },
    resolve: (_root, { input }, { commands }) =>
      transitionModelVersion(commands, { ...input, version: toVersionRef("input.version", input.version) }),
  }),
);
